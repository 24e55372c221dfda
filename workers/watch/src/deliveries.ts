import type { Note } from "./note";

/** Webhook is a delivery as it came in. */
export interface Webhook {
  readonly id: string;
  readonly event: string;
  readonly payload: string;
  /** note is what to forward, null when the event is only stored. */
  readonly note: Note | null;
}

/** Delivery is a stored webhook, as far as forwarding it goes. */
export interface Delivery {
  readonly id: string;
  /** note is the request to forward, the same bytes at every attempt. */
  readonly note: string | null;
  readonly forwardedAt: string | null;
}

/** remember stores a webhook unless its id is there, and answers what is stored. */
export async function remember(
  db: D1Database,
  { id, event, payload, note }: Webhook,
  now: Date,
): Promise<{ duplicate: boolean; delivery: Delivery }> {
  const insert = db
    .prepare(
      `INSERT INTO deliveries (id, event, payload, received_at, note) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO NOTHING RETURNING id`,
    )
    .bind(id, event, payload, now.toISOString(), note && JSON.stringify(note));
  const select = db.prepare("SELECT id, note, forwarded_at AS forwardedAt FROM deliveries WHERE id = ?").bind(id);
  const [inserted, stored] = await db.batch<Delivery>([insert, select]);
  const delivery = stored?.results[0];
  if (!delivery) {
    throw new Error(`delivery ${id} was not stored`);
  }
  return { duplicate: inserted?.results.length === 0, delivery };
}

/** settle records how an attempt to forward went: an error, or null for success. */
export async function settle(db: D1Database, id: string, error: string | null, now: Date): Promise<void> {
  const forwardedAt = error === null ? now.toISOString() : null;
  await db
    .prepare(
      `UPDATE deliveries SET attempts = attempts + 1, last_error = ?, forwarded_at = coalesce(forwarded_at, ?)
       WHERE id = ?`,
    )
    .bind(error, forwardedAt, id)
    .run();
}
