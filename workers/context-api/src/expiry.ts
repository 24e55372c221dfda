/** KEY_DAYS is how long an Idempotency-Key is remembered: longer than GitHub lets a delivery be repeated, 3 days. */
const KEY_DAYS = 7;

/** sweep is the cron: it expires stale sessions and forgets old idempotency keys. */
export async function sweep(env: Env, now: Date): Promise<void> {
  await expire(env, now);
  const before = new Date(now.getTime() - KEY_DAYS * 86_400_000).toISOString();
  await env.DB.prepare("DELETE FROM idempotency WHERE created_at < ?").bind(before).run();
}

/** expire closes every active session whose last heartbeat is older than the time to live, and counts them. */
export async function expire(env: Env, now: Date): Promise<number> {
  const before = new Date(now.getTime() - minutes(env.SESSION_TTL_MINUTES) * 60_000).toISOString();
  const { meta } = await env.DB.prepare(
    "UPDATE sessions SET status = 'expired', ended_at = ? WHERE status = 'active' AND heartbeat_at < ?",
  )
    .bind(now.toISOString(), before)
    .run();
  return meta.changes;
}

function minutes(value: string): number {
  if (!/^[1-9]\d{0,6}$/.test(value)) {
    throw new Error(`SESSION_TTL_MINUTES is ${JSON.stringify(value)}, not a whole number from 1`);
  }
  return Number(value);
}
