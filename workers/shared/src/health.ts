import { json } from "./json";
import { readLedger } from "./ledger";

/** Deployment is what every deployed Worker is told about itself. */
export interface Deployment {
  /** CRANE_STACK is staging or production. */
  readonly CRANE_STACK: string;
  /** CRANE_REVISION is the digest of what was deployed, 64 hex digits. */
  readonly CRANE_REVISION: string;
}

/** version names the Worker, its stack and its revision. */
export function version(worker: string, env: Deployment): Response {
  return json({ worker, stack: env.CRANE_STACK, revision: env.CRANE_REVISION });
}

/** health answers 200 when every database and every bound service is well, else 503 with the reasons. */
export async function health(
  env: Deployment,
  databases: Record<string, D1Database>,
  services: Record<string, Fetcher> = {},
): Promise<Response> {
  const migrations: Record<string, string> = {};
  const checks: Record<string, string> = {};
  for (const [name, db] of Object.entries(databases)) {
    const { head, check } = await readLedger(db);
    migrations[name] = head;
    checks[name] = check;
  }
  for (const [name, service] of Object.entries(services)) {
    checks[name] = await probe(service);
  }
  const healthy = Object.values(checks).every((check) => check === "ok");
  const status = healthy ? "healthy" : "unhealthy";
  const body = { status, stack: env.CRANE_STACK, revision: env.CRANE_REVISION, migrations, checks };
  return json(body, healthy ? 200 : 503);
}

/** probe asks a bound Worker for its own health, for at most five seconds. */
async function probe(service: Fetcher): Promise<string> {
  try {
    const response = await service.fetch("https://service/health", { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok ? "ok" : `answered ${response.status}`;
  } catch (error) {
    return String(error).slice(0, 100);
  }
}
