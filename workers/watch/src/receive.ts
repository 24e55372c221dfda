import { parseObject, readBody } from "@crane/shared/body";
import { json } from "@crane/shared/json";
import { Refusal } from "@crane/shared/refusal";
import type { Call } from "@crane/shared/router";
import { remember } from "./deliveries";
import { forward } from "./forward";
import { describe } from "./note";
import { signed } from "./signature";

/** MAX_PAYLOAD is the largest webhook accepted, in bytes: a D1 row holds at most 2 MB. */
export const MAX_PAYLOAD = 1024 * 1024;

/**
 * receive stores a signed delivery once and forwards it. A repeat answers 200
 * and tries again what was not forwarded; a failed forward answers 502, so that
 * GitHub shows the delivery as failed and offers to redeliver it.
 */
export async function receive(call: Call<Env>): Promise<Response> {
  const payload = await readBody(call.request, MAX_PAYLOAD);
  if (!(await signed(payload, call.request.headers.get("x-hub-signature-256"), call.env.GH_WEBHOOK_SECRET))) {
    throw new Refusal(401, "bad_signature", "X-Hub-Signature-256 is missing or is not this payload's");
  }
  const id = header(call.request, "X-GitHub-Delivery", /^[\w-]{1,64}$/);
  const event = header(call.request, "X-GitHub-Event", /^[a-z_]{1,64}$/);
  const note = describe(event, parseObject(payload));
  const text = new TextDecoder().decode(payload);
  const { duplicate, delivery } = await remember(call.env.DB, { id, event, payload: text, note }, call.now);
  const forwarded = await forward(call.env, delivery, call.now);
  return json({ id, duplicate, forwarded }, duplicate ? 200 : 201);
}

function header(request: Request, name: string, shape: RegExp): string {
  const value = request.headers.get(name) ?? "";
  if (!shape.test(value)) {
    throw new Refusal(400, "invalid", `${name} is missing or is not GitHub's`);
  }
  return value;
}
