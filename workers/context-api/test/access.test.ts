import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { sameSecret } from "../src/compare";
import { routes } from "../src/routes";
import { asAdmin, refused, send } from "./client";

const guarded = routes
  .map(({ method, pattern }) => ({ method, path: pattern.pathname }))
  .filter(({ path }) => path.startsWith("/v1/"));

it.each(guarded)("refuses $method $path without its key", async ({ method, path }) => {
  const [own, other] = path.startsWith("/v1/admin/")
    ? [env.ADMIN_KEY, env.CONTEXT_KEY]
    : [env.CONTEXT_KEY, env.ADMIN_KEY];
  for (const authorization of ["", "Bearer ", "Bearer wrong", `Basic ${own}`, `Bearer ${other}`, `Bearer ${own}x`]) {
    const request = () => send(method, path, undefined, { authorization });
    const answer = await refused(request, 401, "unauthorized", /needs Authorization: Bearer/);
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
  }
});

it("lets health and version be read without a key", async () => {
  expect((await send("GET", "/health", undefined, { authorization: "" })).status).toBe(200);
  expect((await send("GET", "/version", undefined, { authorization: "" })).status).toBe(200);
});

describe("sameSecret", () => {
  it.each([
    ["key", "key", true],
    ["key", "Key", false],
    ["key", "key ", false],
    ["", "key", false],
    ["k", "a much longer key than that", false],
    ["", "", false],
    ["key", undefined, false],
    ["undefined", undefined, false],
  ])("%j and %j: %j", async (given, secret, same) => {
    expect(await sameSecret(given, secret)).toBe(same);
  });
});

it("takes the admin's key where it belongs", async () => {
  expect((await send("GET", "/v1/admin/sessions", undefined, asAdmin)).status).toBe(200);
});
