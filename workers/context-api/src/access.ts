import { Refusal } from "@crane/shared/refusal";
import type { Handler } from "@crane/shared/router";
import { sameSecret } from "./compare";

/** agent lets through who holds CONTEXT_KEY. */
export function agent(handle: Handler<Env>): Handler<Env> {
  return guard("CONTEXT_KEY", handle);
}

/** admin lets through who holds ADMIN_KEY; an agent's key is not enough. */
export function admin(handle: Handler<Env>): Handler<Env> {
  return guard("ADMIN_KEY", handle);
}

function guard(key: "CONTEXT_KEY" | "ADMIN_KEY", handle: Handler<Env>): Handler<Env> {
  return async (call) => {
    if (!(await sameSecret(bearer(call.request), call.env[key]))) {
      const headers = { "www-authenticate": "Bearer" };
      throw new Refusal(401, "unauthorized", "this route needs Authorization: Bearer with its key", headers);
    }
    return handle(call);
  };
}

function bearer(request: Request): string {
  return /^Bearer (\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
}
