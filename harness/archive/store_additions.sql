-- Version 2: what a command saw or concluded beside the cells, as the document has it
-- (docs/store.md): what the doctor examined, what was advised.

CREATE TABLE additions (
	run   INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
	key   TEXT NOT NULL,
	about TEXT NOT NULL,
	PRIMARY KEY (run, key)
) STRICT;
