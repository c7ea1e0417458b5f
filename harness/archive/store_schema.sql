-- The tables of stored runs, version 1. docs/store.md explains them; a change is a further
-- step in store.c with a user_version of its own, never an edit here.

CREATE TABLE runs (
	run            INTEGER PRIMARY KEY,
	id             TEXT NOT NULL UNIQUE,
	started        TEXT NOT NULL,
	finished       TEXT,
	state          TEXT NOT NULL CHECK (state IN ('unfinished', 'interrupted', 'finished')),
	kind           TEXT NOT NULL CHECK (kind IN ('lab', 'endpoints')),
	vantage        TEXT NOT NULL,
	command        TEXT NOT NULL,
	arguments      TEXT,
	directory      TEXT,
	revoscope      TEXT NOT NULL,
	time_factor    REAL NOT NULL,
	clock_offset_s INTEGER NOT NULL,
	clock_at       TEXT NOT NULL,
	num_cells      INTEGER NOT NULL,
	num_done       INTEGER NOT NULL,
	num_unexpected INTEGER NOT NULL
) STRICT;
CREATE INDEX runs_started ON runs (started);

CREATE TABLE stacks (
	run       INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
	number    INTEGER NOT NULL,
	id        TEXT NOT NULL,
	version   TEXT,
	compliant INTEGER NOT NULL,
	PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE classes (
	run    INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
	number INTEGER NOT NULL,
	id     TEXT NOT NULL,
	stack  TEXT NOT NULL,
	policy TEXT NOT NULL,
	PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX classes_id ON classes (id);

CREATE TABLE rows (
	run    INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
	number INTEGER NOT NULL,
	id     TEXT NOT NULL,
	family TEXT,
	PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX rows_id ON rows (id);

CREATE TABLE expectations (
	run       INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
	number    INTEGER NOT NULL,
	outcome   TEXT NOT NULL,
	reason    TEXT,
	why       TEXT,
	versions  TEXT,
	origin    TEXT NOT NULL,
	deviation INTEGER NOT NULL,
	PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE cells (
	run         INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
	row         INTEGER NOT NULL,
	class       INTEGER NOT NULL,
	outcome     TEXT NOT NULL,
	reason      TEXT NOT NULL,
	assurance   TEXT NOT NULL,
	blind       INTEGER NOT NULL,
	exposed     INTEGER NOT NULL,
	varies      INTEGER NOT NULL,
	expected    INTEGER,
	as_expected INTEGER,
	attempts    INTEGER NOT NULL,
	duration_us INTEGER NOT NULL,
	PRIMARY KEY (run, row, class)
) STRICT, WITHOUT ROWID;
CREATE INDEX cells_unexpected ON cells (run, row, class) WHERE as_expected = 0;
CREATE INDEX cells_exposed ON cells (run, row, class) WHERE exposed = 1;

CREATE TABLE records (
	run    INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
	row    INTEGER NOT NULL,
	class  INTEGER NOT NULL,
	record TEXT NOT NULL,
	PRIMARY KEY (run, row, class)
) STRICT;

CREATE TABLE parts (
	run    INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
	kind   TEXT NOT NULL CHECK (kind IN ('stack', 'class', 'row', 'faults')),
	number INTEGER NOT NULL,
	about  TEXT NOT NULL,
	PRIMARY KEY (run, kind, number)
) STRICT;

CREATE VIEW results AS
SELECT runs.id AS run, runs.started, runs.state, runs.vantage, rows.id AS row,
	rows.family, classes.id AS class, classes.stack, stacks.version, classes.policy,
	cells.outcome, cells.reason, cells.assurance, cells.blind, cells.exposed, cells.varies,
	expectations.outcome AS expected, cells.as_expected, cells.attempts, cells.duration_us
FROM cells
JOIN runs ON runs.run = cells.run
JOIN rows ON rows.run = cells.run AND rows.number = cells.row
JOIN classes ON classes.run = cells.run AND classes.number = cells.class
LEFT JOIN stacks ON stacks.run = cells.run AND stacks.id = classes.stack
LEFT JOIN expectations
	ON expectations.run = cells.run AND expectations.number = cells.expected;
