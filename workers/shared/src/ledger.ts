/** State is what a health check found out about one database. */
export interface State {
  /** head is the newest applied migration's file name, "" when there is none. */
  readonly head: string;
  /** check is "ok", or a short reason. */
  readonly check: string;
}

/**
 * readLedger reads the migration head from the table that wrangler and crane
 * keep in the database itself: what is applied, not what was bundled.
 */
export async function readLedger(db: D1Database): Promise<State> {
  try {
    const name = await db.prepare("SELECT name FROM d1_migrations ORDER BY id DESC LIMIT 1").first<string>("name");
    return { head: name ?? "", check: "ok" };
  } catch (error) {
    return { head: "", check: reason(error) };
  }
}

function reason(error: unknown): string {
  const message = String(error);
  return message.includes("no such table") ? "no migration ledger" : message.slice(0, 100);
}
