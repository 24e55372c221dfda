import { health, version } from "@crane/shared/health";
import { route } from "@crane/shared/router";
import { receive } from "./receive";

/** routes is everything this Worker answers. */
export const routes = [
  route<Env>("GET", "/health", ({ env }) => health(env, { DB: env.DB }, { CONTEXT_API: env.CONTEXT_API })),
  route<Env>("GET", "/version", ({ env }) => version("watch", env)),
  route("POST", "/github", receive),
];
