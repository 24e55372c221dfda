// The only way into a script's process: it lets in who knows the key, hides
// our headers from the script, and turns a request into a cron trigger.
const OURS = 'crane-local-';

export default {
  async fetch(request, env) {
    if (request.headers.get('crane-local-key') !== env.KEY) {
      return new Response(null, { status: 403 });
    }
    const cron = request.headers.get('crane-local-cron');
    if (cron !== null) return scheduled(request, env, cron);
    return forward(request, env);
  },
};

async function scheduled(request, env, cron) {
  const scheduledTime = new Date(Number(request.headers.get('crane-local-time')));
  return Response.json(await env.SCRIPT.scheduled({ cron, scheduledTime }));
}

async function forward(request, env) {
  const clean = new Request(request);
  for (const name of [...clean.headers.keys()]) {
    if (name.startsWith(OURS)) clean.headers.delete(name);
  }
  try {
    return await env.SCRIPT.fetch(clean);
  } catch (e) {
    console.error(e?.stack ?? String(e));
    // Cloudflare's code for a Worker that threw.
    return new Response(`error code: 1101\n${env.NAME} threw ${e}\n`, { status: 500 });
  }
}
