// Runs of the architect in workerd: the Workflow, the object, and what a person sees of them.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { added, answer, ended, following, isGoal, progress, QUICK_RUNS, reports, runEvent, runOf, tasks } from "../lib/architect.mjs";
import { greeted } from "../lib/client.mjs";
import { gate, isReport, openai } from "../lib/model.mjs";
import { scripted } from "../lib/scripted.mjs";

const the = scripted({ vars: QUICK_RUNS, held: true });
const GOAL = "Learn German";
const TITLES = ["Choose a course", "First lesson", "Second lesson"];

describe("a run", () => {
  test("adds tasks to the timeline step by step, and is reported in the chat", async () => {
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

  test("is reported in the words of the model if they are complete", async () => {
    const client = await following(the.server);
    // Working hours all day, so that both plans begin on the same day. Without the first number, because it may also be a day.
    await client.call("setSettings", { workingHours: { days: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], from: "00:00", to: "24:00" } });
    const words = "„Deutsch lernen“ ist geplant.";
    for (const goal of ["Deutsch lernen", "Noch mehr Deutsch"]) the.model.scriptWhen(isGoal(goal), ...answer(...TITLES));
    // The second answer lacks the first day.
    the.model.scriptWhen(isReport, ...openai.says(words));
    const { run: second } = await client.call("useArchitect", { goal: "Noch mehr Deutsch" });
    await ended(client, second.id);
    assert.match((await reports(client, second.id))[0], /^“Noch mehr Deutsch” is planned: 3 tasks, /);

    const fixed = the.model.requests.at(-1).body.messages[1].content;
    const day = Number(fixed.match(/^- \w+ (\d+)/m)[1]);
    await client.call("undo", {});
    the.model.scriptWhen(isReport, ...openai.says(`${words} 3 Aufgaben ab dem ${day}.`));
    const { run: first } = await client.call("useArchitect", { goal: "Deutsch lernen" });
    await ended(client, first.id);
    assert.deepEqual(await reports(client, first.id), [`${words} 3 Aufgaben ab dem ${day}.`]);
    await client.close();
  });

  test("is started by a call of the model, while the conversation continues", async () => {
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

  test("is shown in its current state to a client that connects later, and to clients that follow the state", async () => {
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

  test("retries while the model is busy, and shows that", async () => {
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

  test("sends an unusable answer back to the model", async () => {
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

  test("that the model fails says why, and continues when it is retried", async () => {
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
  test("are planned at the same time, without overlapping tasks", async () => {
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

  test("of the same goal are one, and a fourth goal is refused", async () => {
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

/**
 * The points at which a run can be held: by the model, or by `hold` between its workflow and the object. `state` is its state at that
 * point, `tasks` and `told` are its tasks on the timeline and reports in the chat, `asked` is the number of requests to the model. The
 * commit has only a point before and one after it, because it is a single event of the object.
 */
const PLACES = [
  { step: "brainstorm", at: "while the model thinks", state: ["running", "brainstorm"], asked: 1 },
  { step: "check", at: "while the model mends", state: ["running", "check"], asked: 2 },
  { step: "place", at: "with its tasks placed", hold: ["after", "place"], state: ["running", "place"], asked: 1 },
  { step: "commit", at: "before it is heard", hold: ["before", "commit"], state: ["running", "place"], asked: 1 },
  { step: "commit", at: "once it is done", hold: ["after", "commit"], state: ["completed", "report"], tasks: 3, asked: 1 },
  { step: "words", at: "while the model looks for them", state: ["completed", "report"], tasks: 3, asked: 2 },
  { step: "report", at: "before it is heard", hold: ["before", "report"], state: ["completed", "report"], tasks: 3, asked: 1 },
  { step: "report", at: "once it is told", hold: ["after", "report"], state: ["completed", "report"], tasks: 3, told: 1, asked: 1 },
];

/** Starts a run and waits until it is held at the given point. `go` lets it continue. */
async function held(client, { step, hold, state, tasks = 0, told = 0, asked }) {
  const thinking = gate();
  if (step === "check") the.model.script(...openai.says("Not yet."));
  if (step === "words") the.model.scriptWhen(isReport, thinking.wait, ...openai.says("Geplant."));
  the.model.script(...(hold || step === "words" ? [] : [thinking.wait]), ...answer(...TITLES));
  const place = hold && the.steps.hold(...hold);
  const { run } = await client.call("useArchitect", { goal: GOAL });
  await (place ? place.reached() : the.model.request(asked - 1));
  const now = await runOf(client, run.id);
  assert.deepEqual([now.status, now.step], state);
  assert.equal((await added(client)).length, tasks);
  assert.equal((await reports(client, run.id)).length, told);
  assert.equal(the.model.requests.length, asked);
  return { run, go: place ? place.open : thinking.open };
}

describe("a cancel", () => {
  for (const place of PLACES.filter(({ tasks }) => !tasks)) {
    test(`in “${place.step}”, ${place.at}, is confirmed, and nothing is added`, async () => {
      const client = await following(the.server);
      const { run, go } = await held(client, place);
      const { summary } = await client.call("cancelRun", { id: run.id });
      assert.equal(summary, "Cancelled “Learn German”. No tasks were added.");
      if (!place.hold) await the.model.closed(place.asked - 1);
      go();
      // The rest of the workflow has had time to add something.
      the.model.script(...answer("A", "B", "C"));
      const other = await client.call("useArchitect", { goal: "Another" });
      await ended(client, other.run.id);
      assert.deepEqual((await added(client)).map(({ title }) => title), ["A", "B", "C"]);
      const now = await runOf(client, run.id);
      assert.deepEqual([now.status, await reports(client, run.id)], ["cancelled", []]);
      await assert.rejects(client.call("cancelRun", {}), /No goal is being worked on/);
      await client.close();
    });
  }

  for (const place of PLACES.filter(({ tasks }) => tasks)) {
    test(`in “${place.step}”, ${place.at}, comes too late, and says how to undo the tasks`, async () => {
      const client = await following(the.server);
      const { run, go } = await held(client, place);
      const tooLate = /^“Learn German” is planned already; its tasks are on the timeline, and undo takes them back\./;
      await assert.rejects(client.call("cancelRun", { id: run.id }), ({ message }) => tooLate.test(message));
      go();
      assert.equal((await ended(client, run.id)).status, "completed");
      assert.deepEqual((await added(client)).map(({ title }) => title), TITLES);
      assert.equal((await reports(client, run.id)).length, 1);
      await client.call("undo", {});
      assert.deepEqual(await added(client), []);
      await client.close();
    });
  }
});

describe("a power cut", () => {
  for (const place of PLACES) {
    test(`in “${place.step}”, ${place.at}, leaves a run that ends with one set of tasks and one report`, async () => {
      const client = await following(the.server);
      const { run, go } = await held(client, place);
      await the.server.restart();
      go();
      // Answers that were stored before the cut are not requested again, only an answer that was interrupted.
      const isCut = !place.hold && !place.tasks;
      if (isCut) the.model.script(...answer(...TITLES));
      const after = await following(the.server, { token: client.token });
      assert.equal((await ended(after, run.id)).status, "completed");
      assert.deepEqual((await added(after)).map(({ title }) => title), TITLES);
      assert.equal((await reports(after, run.id)).length, 1);
      assert.equal(the.model.requests.length, isCut ? place.asked + 1 : place.asked);
      assert.match((await after.call("undo", {})).summary, /^Undone: /);
      assert.deepEqual(await added(after), []);
      await after.close();
    });
  }
});

describe("an unfinished goal in a file", () => {
  test("is planned by each object that imports the file, and again after everything was deleted", async () => {
    const address = (client, path) => `${the.server.url}/agents/chat/me/${path}?token=${client.token}`;
    const client = await following(the.server);
    const thinking = gate();
    the.model.script(thinking.wait, ...answer(...TITLES));
    const { run } = await client.call("useArchitect", { goal: GOAL });
    await the.model.request(0);
    const file = await (await fetch(address(client, "export"))).text();
    const takeIn = async (person) => {
      the.model.script(...answer(...TITLES));
      const response = await fetch(address(person, "import"), { method: "POST", body: file, headers: { "content-type": "application/json" } });
      assert.equal(response.status, 200, await response.clone().text());
      assert.equal((await ended(person, run.id)).status, "completed");
      assert.deepEqual((await added(person)).map(({ title }) => title), TITLES);
    };

    const other = await following(the.server);
    await takeIn(other);
    assert.equal(the.model.requests[0].isOpen, true, "nobody has ended the workflow of the first");
    assert.equal((await runOf(client, run.id)).status, "running");

    await client.call("deleteEverything", { confirm: "everything" });
    await the.model.closed(0);
    await takeIn(client);
    thinking.open();
    assert.equal((await reports(client, run.id)).length, 1);
    assert.doesNotMatch(the.server.log(), /cannot be started/);
    await Promise.all([client, other].map((each) => each.close()));
  });
});
