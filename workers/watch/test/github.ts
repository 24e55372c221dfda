import { env } from "cloudflare:workers";
import { expect } from "vitest";
import worker from "../src/index";

const repository = { name: "Crane", full_name: "acme/Crane" };

/** push is a payload of GitHub's push event, cut to what is read. */
export const push = {
  ref: "refs/heads/main",
  compare: "https://github.com/acme/Crane/compare/0a1b2c3...9f8e7d6",
  repository,
  pusher: { name: "octocat" },
  commits: [{ id: "9f8e7d6c5b4a39281706f5e4d3c2b1a098765432", message: "Teach the crane to lift\n\nWith both arms." }],
};

/** pullRequest is a payload of the pull_request event. */
export const pullRequest = {
  action: "opened",
  repository,
  pull_request: {
    number: 12,
    title: "Lift more",
    html_url: "https://github.com/acme/Crane/pull/12",
    body: "It lifts twice as much.",
    user: { login: "octocat" },
    head: { ref: "lift" },
    base: { ref: "main" },
  },
};

/** workflowRun is a payload of the workflow_run event. */
export const workflowRun = {
  action: "completed",
  repository,
  workflow_run: {
    name: "verify",
    conclusion: "failure",
    status: "completed",
    head_branch: "main",
    head_sha: "9f8e7d6c5b4a39281706f5e4d3c2b1a098765432",
    event: "push",
    run_number: 7,
    display_title: "Teach the crane to lift",
    html_url: "https://github.com/acme/Crane/actions/runs/7",
  },
};

/** sign makes GitHub's signature header. */
export async function sign(body: string, secret = env.GH_WEBHOOK_SECRET): Promise<string> {
  const bytes = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", bytes.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  return `sha256=${new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes.encode(body))).toHex()}`;
}

/** deliver sends a signed webhook as GitHub does; headers and bindings can be replaced. */
export async function deliver(
  event: string,
  payload: unknown,
  headers: Record<string, string> = {},
  bindings: Partial<Env> = {},
): Promise<{ status: number; body: any }> {
  const body = typeof payload === "string" ? payload : JSON.stringify(payload);
  const request = new Request<unknown, IncomingRequestCfProperties>("https://watch/github", {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
      "x-github-event": event,
      "x-hub-signature-256": await sign(body),
      ...headers,
    },
  });
  const response = await worker.fetch(request, { ...env, ...bindings });
  return { status: response.status, body: await response.json() };
}

/** stored is every delivery and every note, to compare before and after. */
export async function stored(): Promise<{ deliveries: any[]; notes: any[] }> {
  const deliveries = await env.DB.prepare("SELECT * FROM deliveries ORDER BY id").all();
  const notes = await env.CONTEXT_DB.prepare("SELECT * FROM notes ORDER BY seq").all();
  return { deliveries: deliveries.results, notes: notes.results };
}

/** refused expects a status, a code and a message, and that nothing was stored or forwarded. */
export async function refused(
  request: () => Promise<{ status: number; body: any }>,
  status: number,
  code: string,
  message: RegExp,
) {
  const before = await stored();
  const answer = await request();
  expect(answer.body).toEqual({ error: { code, message: expect.stringMatching(message) } });
  expect(answer.status).toBe(status);
  expect(await stored()).toEqual(before);
}
