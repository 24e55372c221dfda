import { env, exports } from "cloudflare:workers";
import { expect } from "vitest";

/** Answer is a response, read. */
export interface Answer {
  status: number;
  headers: Headers;
  body: any;
}

/** send makes one request: as an agent unless another key, or null for none, is given. */
export async function send(method: string, path: string, body?: unknown, headers: HeadersInit = {}): Promise<Answer> {
  const all = new Headers({ authorization: `Bearer ${env.CONTEXT_KEY}`, ...(headers as Record<string, string>) });
  if (body !== undefined && !all.has("content-type")) {
    all.set("content-type", "application/json");
  }
  const init: RequestInit = { method, headers: all };
  if (body !== undefined) {
    init.body = typeof body === "string" ? body : JSON.stringify(body);
  }
  const response = await exports.default.fetch(`https://context-api${path}`, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
}

/** asAdmin is the headers of an administrator. */
export const asAdmin = { authorization: `Bearer ${env.ADMIN_KEY}` };

/** rows is the whole content of every table of our own, to compare before and after. */
export async function rows(): Promise<unknown[]> {
  const tables = ["sessions", "handoffs", "notes", "notes_fts_docsize", "idempotency"];
  const results = await env.DB.batch(tables.map((table) => env.DB.prepare(`SELECT * FROM ${table}`)));
  return results.map((result) => result.results);
}

/** refused expects an answer's status and code, a message that matches, and unchanged tables. */
export async function refused(
  request: () => Promise<Answer>,
  status: number,
  code: string,
  message: RegExp,
): Promise<Answer> {
  const before = await rows();
  const answer = await request();
  expect(answer.body).toEqual({ error: { code, message: expect.stringMatching(message) } });
  expect(answer.status).toBe(status);
  expect(await rows()).toEqual(before);
  return answer;
}
