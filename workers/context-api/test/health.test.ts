import { env, exports } from "cloudflare:workers";
import { expect, it } from "vitest";

const get = (path: string) => exports.default.fetch(`https://context-api${path}`);

it("is healthy with the ledger's newest migration", async () => {
  const response = await get("/health");
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    status: "healthy",
    stack: "staging",
    revision: "a".repeat(64),
    migrations: { DB: "0004_idempotency.sql" },
    checks: { DB: "ok" },
  });
});

it("is unhealthy without a ledger", async () => {
  await env.DB.exec("DROP TABLE d1_migrations");
  const response = await get("/health");
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    status: "unhealthy",
    migrations: { DB: "" },
    checks: { DB: "no migration ledger" },
  });
});

it("has no head while the ledger is empty", async () => {
  await env.DB.exec("DELETE FROM d1_migrations");
  expect(await (await get("/health")).json()).toMatchObject({ migrations: { DB: "" }, checks: { DB: "ok" } });
});

it("tells its version", async () => {
  const response = await get("/version");
  expect(await response.json()).toEqual({ worker: "context-api", stack: "staging", revision: "a".repeat(64) });
});

it("answers HEAD without a body", async () => {
  const response = await exports.default.fetch("https://context-api/health", { method: "HEAD" });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe("");
});
