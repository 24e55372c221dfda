import { Refusal, refuse } from "./refusal";

/** Call is one request and what its handler needs to answer it. */
export interface Call<Env> {
  readonly request: Request;
  readonly url: URL;
  readonly env: Env;
  /** id is the path's `:id`, "" on a route without one. */
  readonly id: string;
  readonly now: Date;
}

/** Handler answers a call, or throws a Refusal. */
export type Handler<Env> = (call: Call<Env>) => Response | Promise<Response>;

/** Route is one line of a Worker's routing table. */
export interface Route<Env> {
  readonly method: string;
  readonly pattern: URLPattern;
  readonly handle: Handler<Env>;
}

/** route makes a Route from a method, a path such as `/v1/notes/:id`, and its handler. */
export function route<Env>(method: string, pathname: string, handle: Handler<Env>): Route<Env> {
  return { method, pattern: new URLPattern({ pathname }), handle };
}

/**
 * dispatch lets the first matching route answer: 404 without a path, 405
 * without a method. HEAD is answered as GET, whose body the runtime drops.
 */
export async function dispatch<Env>(routes: readonly Route<Env>[], request: Request, env: Env): Promise<Response> {
  try {
    const url = new URL(request.url);
    const { handle, pattern } = find(routes, request.method === "HEAD" ? "GET" : request.method, url.pathname);
    const id = pattern.exec({ pathname: url.pathname })?.pathname.groups.id ?? "";
    return await handle({ request, url, env, id, now: new Date() });
  } catch (error) {
    return refuse(error);
  }
}

function find<Env>(routes: readonly Route<Env>[], method: string, pathname: string): Route<Env> {
  const here = routes.filter((route) => route.pattern.test({ pathname }));
  if (here.length === 0) {
    throw new Refusal(404, "not_found", "no such route");
  }
  const found = here.find((route) => route.method === method);
  if (!found) {
    const allow = [...new Set(here.map((route) => route.method))].join(", ");
    throw new Refusal(405, "method_not_allowed", `this route answers ${allow}`, { allow });
  }
  return found;
}
