import { dispatch } from "@crane/shared/router";
import { routes } from "./routes";

export default {
  fetch: (request, env) => dispatch(routes, request, env),
} satisfies ExportedHandler<Env>;
