-- A note is searchable knowledge. Tags are a JSON array of words.
CREATE TABLE notes (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  venture TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  tags TEXT NOT NULL CHECK (json_valid(tags)),
  created_at TEXT NOT NULL
) STRICT;

CREATE INDEX notes_by_venture ON notes (venture, seq);

-- The index holds no text of its own. The Worker writes a note and its row here
-- in one batch, so no trigger is needed.
CREATE VIRTUAL TABLE notes_fts USING fts5 (
  title,
  body,
  tags,
  content = 'notes',
  content_rowid = 'seq',
  tokenize = 'porter unicode61 remove_diacritics 2'
);
