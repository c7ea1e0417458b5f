-- Version 3: the version of the rules of a run, and that for which an expectation was written
-- (NULL: it does not say). Runs before are of the first (core/ruleset.def).

ALTER TABLE runs ADD COLUMN rules INTEGER NOT NULL DEFAULT 1;
ALTER TABLE expectations ADD COLUMN rules INTEGER;
