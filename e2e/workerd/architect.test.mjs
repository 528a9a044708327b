// Runs of the architect in workerd: the Workflow, the object, and what a person sees of them.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { added, answer, ended, following, isGoal, progress, QUICK_RUNS, reports, runEvent, runOf, tasks } from "../lib/architect.mjs";
import { greeted } from "../lib/client.mjs";
import { gate, openai } from "../lib/model.mjs";
import { scripted } from "../lib/scripted.mjs";

const the = scripted({ vars: QUICK_RUNS });
const GOAL = "Learn German";
const TITLES = ["Choose a course", "First lesson", "Second lesson"];

describe("a run", () => {
  test("comes step by step to tasks on the timeline, and is told in the chat", async () => {
    const client = await following(the.server);
    the.model.scriptWhen(isGoal(GOAL), ...answer(...TITLES));
    const { run, summary } = await client.call("useArchitect", { goal: GOAL, deadline: "2199-12-31", hours_per_week: 3 });
    assert.match(summary, /^Started to plan “Learn German”/);
    assert.equal((await ended(client, run.id)).status, "completed");

    assert.deepEqual(progress(client, run.id), [
      ["WORKFLOW_STARTED", "brainstorm", 0],
      ["WORKFLOW_PROGRESSED", "brainstorm", 5],
      ["WORKFLOW_PROGRESSED", "check", 60],
      ["WORKFLOW_PROGRESSED", "place", 75],
      ["WORKFLOW_PROGRESSED", "commit", 85],
      ["WORKFLOW_COMPLETED", "report", 100],
    ]);
    const blocks = await added(client);
    assert.deepEqual(blocks.map(({ title }) => title), TITLES);
    assert.deepEqual(blocks.map(({ dependsOn }) => dependsOn), [undefined, [blocks[0].id], [blocks[1].id]]);
    const [report] = await reports(client, run.id);
    assert.match(report, /“Learn German” is planned: 3 tasks/);
    assert.match(report, /Choose a course \(B1\)/);
    const [request] = the.model.requests;
    assert.equal(request.body.response_format.type, "json_schema");
    assert.match(request.body.messages[0].content, /at most 3 h a week/);

    const undone = await client.call("undo", {});
    assert.match(undone.summary, /^Undone: /);
    assert.deepEqual(await added(client), []);
    await client.call("redo", {});
    assert.deepEqual(await added(client), blocks);
    await client.close();
  });

  test("is started by the model's call, while the conversation goes on", async () => {
    const client = await following(the.server);
    const thinking = gate();
    the.model.scriptWhen(isGoal(GOAL), thinking.wait, ...answer(...TITLES));
    const call = ["useArchitect", { goal: GOAL }];
    // The same call twice in one answer.
    the.model.script(...openai.calls(call, call));
    the.model.script(...openai.says("I am working on it."));
    const turn = await client.chat("I want to learn German");
    assert.deepEqual(turn.calls.map(({ output }) => output.ok), [true, true]);
    assert.match(turn.calls[1].output.summary, /is being worked on already/);
    assert.equal(turn.calls[0].output.run.id, turn.calls[1].output.run.id);

    the.model.script(...openai.says("Hello yourself."));
    assert.equal((await client.chat("Hello")).text, "Hello yourself.");
    assert.deepEqual(await added(client), []);
    thinking.open();
    await ended(client, turn.calls[0].output.run.id);
    assert.equal((await added(client)).length, 3);
    await client.close();
  });

  test("is seen by a client that comes later, where it stands, and by those that follow the state", async () => {
    const client = await following(the.server);
    const state = await greeted(the.server, { token: client.token });
    const thinking = gate();
    the.model.scriptWhen(isGoal(GOAL), thinking.wait, ...answer(...TITLES));
    const { run } = await client.call("useArchitect", { goal: GOAL });
    await the.model.request(0);
    const later = await following(the.server, { token: client.token });
    const { timeline } = await later.find(({ type }) => type === "flux_snapshot");
    assert.deepEqual(timeline.runs.map(({ id, state }) => [id, state.step, state.percent]), [[run.id, "brainstorm", 5]]);
    thinking.open();
    await state.find(({ type, state }) => type === "cf_agent_state" && state.workflow?.status === "completed");
    await later.find(({ type, events }) => type === "flux_events" && events.some((e) => e.type === "WORKFLOW_COMPLETED"));
    await Promise.all([client, state, later].map((each) => each.close()));
  });

  test("asks again what a busy model did not answer, and says so meanwhile", async () => {
    const client = await following(the.server);
    for (let n = 0; n < 3; n++) the.model.script({ status: 429, body: { error: "slow down" } });
    the.model.script(...answer(...TITLES));
    const { run } = await client.call("useArchitect", { goal: GOAL });
    assert.equal((await ended(client, run.id)).status, "completed");
    assert.equal(the.model.requests.length, 4);
    const events = client.frames.filter(({ type }) => type === "flux_events").flatMap(({ events }) => events);
    const attempts = events.filter(({ payload }) => payload.run === run.id && payload.state.step === "brainstorm");
    assert.deepEqual(attempts.map(({ payload }) => [payload.state.attempts, Boolean(payload.state.error)]),
      [[1, false], [1, true], [2, true], [2, true], [3, true], [3, true], [4, true]]);
    assert.equal((await added(client)).length, 3);
    await client.close();
  });

  test("sends an answer that cannot be used back to the model", async () => {
    const client = await following(the.server);
    the.model.script(...openai.says("Sure! Here's a plan: first you learn, then you know."));
    the.model.script(...openai.says(`Of course:\n${tasks(...TITLES).slice(0, -40)}`));
    the.model.script(...answer(...TITLES));
    const { run } = await client.call("useArchitect", { goal: GOAL });
    assert.equal((await ended(client, run.id)).status, "completed");
    assert.equal(the.model.requests.length, 3);
    assert.match(the.model.requests[1].body.messages.at(-1).content, /expected one JSON object with a list “tasks”/);
    await client.close();
  });

  test("that the model fails for good says why, and goes on when it is tried again", async () => {
    const client = await following(the.server);
    the.model.script({ status: 401, body: { error: { message: "Incorrect API key" } } });
    the.model.script({ status: 401, body: { error: { message: "Incorrect API key" } } });
    const { run } = await client.call("useArchitect", { goal: GOAL });
    const failed = await ended(client, run.id);
    assert.equal(failed.status, "failed");
    assert.match(failed.error, /refused the request \(401\): Incorrect API key/);
    assert.match((await reports(client, run.id))[0], /^I could not plan “Learn German”\. .*Incorrect API key/);
    assert.deepEqual(await added(client), []);

    the.model.script(...answer(...TITLES));
    const retried = await client.call("retryRun", {});
    assert.match(retried.summary, /Trying “Learn German” again/);
    assert.equal((await ended(client, run.id)).status, "completed");
    assert.equal((await added(client)).length, 3);
    await client.close();
  });
});

describe("two runs", () => {
  test("go on side by side, and their tasks around each other", async () => {
    const client = await following(the.server);
    const [first, second] = [gate(), gate()];
    the.model.scriptWhen(isGoal("One"), first.wait, ...answer("A", "B", "C"));
    the.model.scriptWhen(isGoal("Two"), second.wait, ...answer("D", "E", "F"));
    const one = await client.call("useArchitect", { goal: "One" });
    const two = await client.call("useArchitect", { goal: "Two" });
    await the.model.request(1);
    second.open();
    first.open();
    await Promise.all([one, two].map(({ run }) => ended(client, run.id)));
    const blocks = await added(client);
    assert.equal(blocks.length, 6, JSON.stringify(await client.call("listRuns", {})));
    for (const [before, after] of blocks.slice(1).map((block, at) => [blocks[at], block])) {
      assert.ok(before.span.end < after.span.start, `${before.title} overlaps ${after.title}`);
    }
    await client.close();
  });

  test("of the same goal are one, and a fourth goal waits", async () => {
    const client = await following(the.server);
    const thinking = gate();
    for (const goal of ["One", "Two", "Three"]) the.model.scriptWhen(isGoal(goal), thinking.wait, ...answer("A", "B", "C"));
    const [first, again] = await Promise.all([1, 2].map(() => client.call("useArchitect", { goal: "One" })));
    assert.equal(first.run.id, again.run.id);
    assert.match(again.summary, /already/);
    const [second, third] = [await client.call("useArchitect", { goal: "Two" }), await client.call("useArchitect", { goal: "Three" })];
    await assert.rejects(client.call("useArchitect", { goal: "Four" }), /3 goals are being worked on already.*“Three”/);
    thinking.open();
    for (const { run } of [first, second, third]) await ended(client, run.id);
    assert.equal((await added(client)).length, 9);
    assert.equal(the.model.requests.length, 3);
    await client.close();
  });
});

describe("a cancel", () => {
  test("while the model thinks stops it, and nothing is added", async () => {
    const client = await following(the.server);
    const thinking = gate();
    the.model.scriptWhen(isGoal(GOAL), thinking.wait, ...answer(...TITLES));
    const { run } = await client.call("useArchitect", { goal: GOAL });
    await the.model.request(0);
    const { summary } = await client.call("cancelRun", { id: run.id });
    assert.equal(summary, "Cancelled “Learn German”. No tasks were added.");
    await the.model.closed(0);
    thinking.open();
    assert.equal((await runOf(client, run.id)).status, "cancelled");
    assert.deepEqual(await added(client), []);
    await assert.rejects(client.call("cancelRun", {}), /No goal is being worked on/);
    await client.close();
  });

  for (const step of ["check", "place", "commit"]) {
    test(`when the run has come to “${step}” adds nothing, or comes too late and says so`, async () => {
      const client = await following(the.server);
      const mending = gate();
      if (step === "check") the.model.script(...openai.says("Not yet."));
      the.model.script(...(step === "check" ? [mending.wait] : []), ...answer(...TITLES));
      const { run } = await client.call("useArchitect", { goal: GOAL });
      await runEvent(client, ({ payload }) => payload.run === run.id && payload.state.step === step);
      const told = await client.tell("cancelRun", [{ id: run.id }]);
      mending.open();
      const { status } = await ended(client, run.id);
      if (told.success) {
        assert.equal(status, "cancelled");
        // What is left of the workflow has had its time to add something.
        the.model.script(...answer("A", "B", "C"));
        const other = await client.call("useArchitect", { goal: "Another" });
        await ended(client, other.run.id);
        assert.deepEqual((await added(client)).map(({ title }) => title), ["A", "B", "C"]);
      } else {
        assert.match(told.error, /is planned already; its tasks are on the timeline/);
        assert.equal((await added(client)).length, 3);
      }
      if (step === "check") assert.equal(status, "cancelled", "there was time enough");
      await client.close();
    });
  }
});

describe("a power cut", () => {
  for (const step of ["brainstorm", "check", "place", "commit", "report"]) {
    test(`in “${step}” leaves a run that ends with one set of tasks and one report`, async () => {
      const client = await following(the.server);
      const held = gate();
      if (step === "check") the.model.script(...openai.says("Not yet."));
      if (step === "brainstorm" || step === "check") the.model.script(held.wait, ...answer("Never", "Heard", "Of"));
      // What was thought before the cut is not thought again, but for a thought that was cut itself.
      the.model.script(...answer(...TITLES));
      the.model.script(...answer(...TITLES));
      const { run } = await client.call("useArchitect", { goal: GOAL });
      await runEvent(client, ({ payload }) => payload.run === run.id && payload.state?.step === step);
      if (step === "check") await the.model.request(1);
      if (step === "brainstorm") await the.model.request(0);
      await the.server.restart();
      held.open();
      const after = await following(the.server, { token: client.token });
      assert.equal((await ended(after, run.id)).status, "completed");
      assert.deepEqual((await added(after)).map(({ title }) => title), TITLES);
      assert.equal((await reports(after, run.id)).length, 1);
      assert.match((await after.call("undo", {})).summary, /^Undone: /);
      assert.deepEqual(await added(after), []);
      await after.close();
    });
  }
});
