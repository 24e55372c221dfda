-- A delivery is one webhook, stored once under the id that GitHub gave it. The
-- note is the request to forward, byte for byte, and NULL when there is none.
CREATE TABLE deliveries (
  id TEXT PRIMARY KEY,
  event TEXT NOT NULL,
  payload TEXT NOT NULL,
  received_at TEXT NOT NULL,
  note TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  last_error TEXT,
  forwarded_at TEXT
) STRICT;

CREATE INDEX deliveries_by_time ON deliveries (received_at);
CREATE INDEX deliveries_to_forward ON deliveries (received_at) WHERE note IS NOT NULL AND forwarded_at IS NULL;
