import { dispatch } from "@crane/shared/router";
import { sweep } from "./expiry";
import { routes } from "./routes";

export default {
  fetch: (request, env) => dispatch(routes, request, env),
  scheduled: (controller, env) => sweep(env, new Date(controller.scheduledTime)),
} satisfies ExportedHandler<Env>;
