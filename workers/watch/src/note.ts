import { Refusal } from "@crane/shared/refusal";
import { at, cut, line, list, type Payload } from "./payload";

/** Note is the body of context-api's POST /v1/notes. */
export interface Note {
  /** venture is the repository's name in lower case. */
  venture: string;
  title: string;
  body: string;
  tags: string[];
}

type Describer = (payload: Payload) => { title: string; body: string[] };

/** describers are the events that become notes; every other one is only stored. */
const describers: Readonly<Record<string, Describer>> = { push, pull_request: pullRequest, workflow_run: workflowRun };

/** describe makes the note of an event, null for one that is not forwarded. */
export function describe(event: string, payload: Payload): Note | null {
  const describer = Object.hasOwn(describers, event) ? describers[event] : undefined;
  if (!describer) {
    return null;
  }
  const venture = at(payload, "repository", "name").toLowerCase();
  if (!/^[a-z0-9._-]{1,100}$/.test(venture)) {
    throw new Refusal(400, "invalid", "the payload names no repository");
  }
  const { title, body } = describer(payload);
  const text = body.filter((part) => part !== "").join("\n") || title;
  return { venture, title: line(title, 300), body: text, tags: ["github", event] };
}

/** push is https://docs.github.com/en/webhooks/webhook-events-and-payloads#push */
function push(payload: Payload): ReturnType<Describer> {
  const commits = list(payload, "commits");
  const branch = at(payload, "ref").replace(/^refs\/(heads|tags)\//, "");
  const number = commits.length === 1 ? "1 commit" : `${commits.length} commits`;
  const lines = commits
    .slice(0, 20)
    .map((commit) => `${at(commit, "id").slice(0, 7)} ${line(at(commit, "message"), 200)}`);
  return {
    title: `${at(payload, "pusher", "name")} pushed ${number} to ${branch}`,
    body: [at(payload, "repository", "full_name"), at(payload, "compare"), ...lines],
  };
}

/** pullRequest is https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request */
function pullRequest(payload: Payload): ReturnType<Describer> {
  const of = (...path: string[]) => at(payload, "pull_request", ...path);
  return {
    title: `Pull request ${of("number")} ${at(payload, "action")}: ${of("title")}`,
    body: [
      of("html_url"),
      `${of("head", "ref")} into ${of("base", "ref")} by ${of("user", "login")}`,
      cut(of("body"), 4000),
    ],
  };
}

/** workflowRun is https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_run */
function workflowRun(payload: Payload): ReturnType<Describer> {
  const of = (...path: string[]) => at(payload, "workflow_run", ...path);
  return {
    title: `Workflow ${of("name")} ${of("conclusion") || of("status")} on ${of("head_branch")}`,
    body: [of("html_url"), `${of("event")} run ${of("run_number")} at ${of("head_sha")}`, of("display_title")],
  };
}
