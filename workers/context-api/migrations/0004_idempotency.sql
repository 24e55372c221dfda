-- The answer to a creating request, kept under its Idempotency-Key.
CREATE TABLE idempotency (
  key TEXT PRIMARY KEY,
  request TEXT NOT NULL,
  response TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

CREATE INDEX idempotency_by_age ON idempotency (created_at);
