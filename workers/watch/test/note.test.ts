import { expect, it } from "vitest";
import { describe as noteOf } from "../src/note";
import { deliver, pullRequest, push, stored, workflowRun } from "./github";

it("describes a push", () => {
  expect(noteOf("push", push)).toEqual({
    venture: "crane",
    title: "octocat pushed 1 commit to main",
    body: "acme/Crane\nhttps://github.com/acme/Crane/compare/0a1b2c3...9f8e7d6\n9f8e7d6 Teach the crane to lift",
    tags: ["github", "push"],
  });
});

it("describes a pull request", () => {
  expect(noteOf("pull_request", pullRequest)).toEqual({
    venture: "crane",
    title: "Pull request 12 opened: Lift more",
    body: "https://github.com/acme/Crane/pull/12\nlift into main by octocat\nIt lifts twice as much.",
    tags: ["github", "pull_request"],
  });
});

it("describes a workflow run", () => {
  expect(noteOf("workflow_run", workflowRun)).toEqual({
    venture: "crane",
    title: "Workflow verify failure on main",
    body:
      "https://github.com/acme/Crane/actions/runs/7\n" +
      "push run 7 at 9f8e7d6c5b4a39281706f5e4d3c2b1a098765432\nTeach the crane to lift",
    tags: ["github", "workflow_run"],
  });
});

it("describes no other event", () => {
  expect(noteOf("ping", {})).toBeNull();
  expect(noteOf("toString", {})).toBeNull();
});

it("makes a note that context-api takes, whatever the payload lacks or repeats", async () => {
  const { repository } = push;
  const hostile = "\u0001".repeat(5000);
  const commits = Array(30).fill({ id: "a".repeat(40), message: hostile });
  const payloads: [string, object][] = [
    ["push", { repository: { name: "x" } }],
    ["push", { repository, ref: hostile, commits: [null, 1, "x"] }],
    ["push", { repository, commits }],
    ["pull_request", { repository }],
    ["pull_request", { repository, pull_request: { title: `${hostile}\n${hostile}`, body: hostile } }],
    ["workflow_run", { repository, workflow_run: null }],
  ];
  for (const [number, [event, payload]] of payloads.entries()) {
    expect(await deliver(event, payload, { "x-github-delivery": `d${number}` }), event).toMatchObject({ status: 201 });
  }
  expect((await stored()).notes).toHaveLength(payloads.length);
});
