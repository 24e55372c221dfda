-- A handoff is what one session leaves for the next one of its venture.
CREATE TABLE handoffs (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  session_id TEXT REFERENCES sessions (id),
  venture TEXT NOT NULL,
  summary TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

CREATE INDEX handoffs_by_venture ON handoffs (venture, seq);
CREATE INDEX handoffs_by_session ON handoffs (session_id);
