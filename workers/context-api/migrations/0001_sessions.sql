-- A session is one agent at work. Times are UTC, ISO 8601 with milliseconds.
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  venture TEXT NOT NULL,
  agent TEXT NOT NULL,
  host TEXT,
  branch TEXT,
  status TEXT NOT NULL CHECK (status IN ('active', 'ended', 'expired')),
  summary TEXT,
  started_at TEXT NOT NULL,
  heartbeat_at TEXT NOT NULL,
  ended_at TEXT
) STRICT;

CREATE INDEX sessions_by_status ON sessions (status, heartbeat_at);
CREATE INDEX sessions_by_start ON sessions (started_at);
