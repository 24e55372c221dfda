import { env, exports } from "cloudflare:workers";
import { expect, it } from "vitest";
import worker from "../src/index";

const get = (path: string) => exports.default.fetch(`https://watch${path}`);

it("is healthy with its database and context-api", async () => {
  const response = await get("/health");
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    status: "healthy",
    stack: "staging",
    revision: "a".repeat(64),
    migrations: { DB: "0001_deliveries.sql" },
    checks: { DB: "ok", CONTEXT_API: "ok" },
  });
});

it("is unhealthy while context-api is", async () => {
  await env.CONTEXT_DB.exec("DROP TABLE d1_migrations");
  const response = await get("/health");
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    status: "unhealthy",
    checks: { DB: "ok", CONTEXT_API: "answered 503" },
  });
});

it("is unhealthy without a ledger of its own", async () => {
  await env.DB.exec("DROP TABLE d1_migrations");
  const response = await get("/health");
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ checks: { DB: "no migration ledger", CONTEXT_API: "ok" } });
});

it("says why context-api cannot be reached", async () => {
  const CONTEXT_API = { fetch: () => Promise.reject(new Error("Network connection lost.")) } as unknown as Fetcher;
  const request = new Request<unknown, IncomingRequestCfProperties>("https://watch/health");
  const response = await worker.fetch(request, { ...env, CONTEXT_API });
  expect(await response.json()).toMatchObject({ checks: { CONTEXT_API: "Error: Network connection lost." } });
});

it("tells its version", async () => {
  const response = await get("/version");
  expect(await response.json()).toEqual({ worker: "watch", stack: "staging", revision: "a".repeat(64) });
});

it("answers 404 and 405 elsewhere", async () => {
  expect((await get("/")).status).toBe(404);
  const response = await get("/github");
  expect(response.status).toBe(405);
  expect(response.headers.get("allow")).toBe("POST");
});
