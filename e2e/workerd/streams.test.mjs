// Streams of real servers, through the runtime's own fetch: every quirk gives the same block, and every failure a final frame that
// says what happened.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { greeted, hasChunk } from "../lib/client.mjs";
import { CUT, DONE, event, gate, openai } from "../lib/model.mjs";
import { scripted } from "../lib/scripted.mjs";

const the = scripted();
let client;
beforeEach(async () => (client = await greeted(the.server)));

const WORKOUT = { title: "Workout", startTime: "2035-03-01T08:00" };
const JSON_CALL = JSON.stringify({ name: "scheduleBlock", parameters: WORKOUT });
const PYTHON_CALL = 'scheduleBlock(title="Workout", startTime="2035-03-01T08:00")';

/** One piece of a call. */
const piece = (fields) => openai.delta({ tool_calls: [fields] });

const CALLS = {
  "in one piece": openai.calls(["scheduleBlock", WORKOUT]),
  "arguments in fragments": [
    piece({ index: 0, id: "a", function: { name: "scheduleBlock", arguments: "" } }),
    ...[...JSON.stringify(WORKOUT)].map((letter) => piece({ index: 0, function: { arguments: letter } })),
    openai.finish("tool_calls"), DONE],
  "arguments as an object": [
    piece({ index: 0, id: "a", function: { name: "scheduleBlock", arguments: WORKOUT } }), openai.finish("tool_calls")],
  "no index and no id": [piece({ function: { name: "scheduleBlock", arguments: JSON.stringify(WORKOUT) } }), DONE],
  "a closing piece of nulls": [
    openai.call("scheduleBlock", WORKOUT), piece({ index: 0, id: null, function: { name: null, arguments: null } }),
    openai.finish("tool_calls"), DONE],
  "arguments encoded twice": openai.calls(["scheduleBlock", JSON.stringify(JSON.stringify(WORKOUT))]),
  "arguments that are not quite JSON": openai.calls([
    "scheduleBlock", "{title: 'Workout', startTime: '2035-03-01T08:00', durationMinutes: \"30\",}"]),
  "a name in another case with a prefix": openai.calls(["functions.schedule_block", WORKOUT]),
  "as text": openai.says(JSON_CALL),
  "as text, letter by letter": openai.says(...JSON_CALL),
  "as text in a fence": openai.says("```json\n", JSON_CALL, "\n```"),
  "as text after a python tag": openai.says("<|python_tag|>", JSON_CALL),
  "as text with stray ends": openai.says(JSON_CALL, "<|eom_id|>"),
  "as Python": openai.says(`[${PYTHON_CALL}]`),
  "in tags": openai.says("<tool_call>\n", JSON_CALL.replace("parameters", "arguments"), "\n</tool_call>"),
  "after thoughts": openai.says("<think>A workout", ", then.</think>", JSON_CALL),
  "finish stop instead of tool_calls": [openai.call("scheduleBlock", WORKOUT), openai.finish("stop"), DONE],
  "no [DONE]": [openai.call("scheduleBlock", WORKOUT), openai.finish("tool_calls")],
  "no reason": [openai.call("scheduleBlock", WORKOUT), DONE],
  "native": [event({ response: "", tool_calls: [{ name: "scheduleBlock", arguments: WORKOUT }] }), DONE],
  "the whole answer as JSON": [{ body: { choices: [{ finish_reason: "tool_calls", message: {
    role: "assistant", content: null, tool_calls: [
      { id: "a", type: "function", function: { name: "scheduleBlock", arguments: JSON.stringify(WORKOUT) } }] } }] } }],
};

test("tokens that come each millisecond are sent together, and after a pause at once", async () => {
  const words = Array.from({ length: 200 }, (_, number) => `word${number} `);
  const pause = (ms) => () => new Promise((resolve) => setTimeout(resolve, ms));
  const fast = words.flatMap((word) => [openai.delta({ content: word }), pause(1)]);
  const slow = ["One ", "by ", "one."].flatMap((word) => [pause(100), openai.delta({ content: word })]);
  the.model.script(...fast, ...slow, openai.finish("stop"), DONE);
  const begun = performance.now();
  const turn = await client.chat("Tell me a story");
  const elapsed = performance.now() - begun;
  const deltas = turn.frames.map(({ body }) => body && JSON.parse(body)).filter((chunk) => chunk?.type === "text-delta");
  assert.equal(deltas.map(({ delta }) => delta).join(""), `${words.join("")}One by one.`);
  // The first 64 words are chunks of their own. After them, there is one every 15 ms.
  assert.ok(deltas.length <= 64 + elapsed / 15 + 3, `${deltas.length} chunks in ${elapsed} ms`);
  assert.deepEqual(deltas.slice(-3).map(({ delta }) => delta), ["One ", "by ", "one."]);
});

for (const [quirk, steps] of Object.entries(CALLS)) {
  test(`a call is understood: ${quirk}`, async () => {
    the.model.script(...steps);
    the.model.script(...openai.says("Scheduled."));
    const turn = await client.chat("Workout");
    assert.deepEqual(turn.calls.map(({ name, output }) => [name, output?.block?.title, output?.block?.start]), [
      ["scheduleBlock", "Workout", "2035-03-01T08:00"]]);
    assert.equal(turn.text, "Scheduled.");
    assert.equal(turn.final.outcome, "completed");
    assert.equal((await client.call("getTimeline")).timeline.blocks.length, 1);
  });
}

const SAID = "Hei på deg 🎉";
const quiet = (text) => event({ choices: [{ delta: { content: text } }] });

const TEXTS = {
  "byte by byte": [...Buffer.from(quiet(SAID) + openai.finish() + DONE)].map((byte) => Uint8Array.of(byte)),
  "lines that end in CRLF": [(quiet(SAID) + openai.finish() + DONE).replaceAll("\n", "\r\n")],
  "comments between": [": keep-alive\n\n", quiet("Hei på "), ":\n\n", quiet("deg 🎉"), openai.finish(), DONE],
  "a byte order mark, and no blank": ["\u{FEFF}", quiet(SAID).replace("data: ", "data:"), openai.finish(), DONE],
  "an event in several lines": ['data: {"response":\ndata: "', SAID, '"}\n\n', DONE],
  "an event that is not JSON": [quiet("Hei på "), event("{oops"), quiet("deg 🎉"), openai.finish(), DONE],
  "a first piece with nothing but the role": [openai.delta({ role: "assistant", content: null }), ...openai.says(SAID)],
  "usage in a piece of its own": [openai.text(SAID), openai.finish(), openai.usage(7, 3), DONE],
  "the whole text again at the end": [
    openai.text("Hei på "), openai.text("deg 🎉"),
    event({ choices: [{ message: { content: SAID }, finish_reason: "stop" }] }), DONE],
};

for (const [quirk, steps] of Object.entries(TEXTS)) {
  test(`words are read: ${quirk}`, async () => {
    the.model.script(...steps);
    const turn = await client.chat("Hei");
    assert.equal(turn.text, SAID);
    assert.equal(turn.final.outcome, "completed");
    assert.equal(the.model.requests.length, 1);
  });
}

test("a character and a line may be split at any byte", async () => {
  const bytes = Buffer.from(quiet(SAID) + openai.finish() + DONE);
  // After two of the four bytes of the emoji. The gate opens when the first event has arrived, so the halves are read separately.
  const cut = bytes.indexOf("🎉") + 2;
  const hold = gate();
  the.model.script(quiet("Say: "), bytes.subarray(0, cut), hold.wait, bytes.subarray(cut));
  const id = client.ask("Hei");
  await client.next((frame) => hasChunk(frame, "text-delta"));
  hold.open();
  assert.equal((await client.answer(id)).text, `Say: ${SAID}`);
});

test("reasoning is separated from the answer", async () => {
  the.model.script(openai.delta({ reasoning_content: "Hm. " }), ...openai.says("<think>And?</think>", "Yes."));
  const turn = await client.chat("Well?");
  assert.equal(turn.text, "Yes.");
  assert.equal(turn.of("reasoning-delta").map(({ delta }) => delta).join(""), "Hm. And?");
});

test("a sentence about JSON stays a sentence", async () => {
  const said = 'To take it back, one would send {"name": "undo"}.';
  the.model.script(...openai.says(said));
  const turn = await client.chat("How?");
  assert.deepEqual([turn.text, turn.calls], [said, []]);
});

test("after a 429, the retry waits as long as the server asks", async () => {
  the.model.script({ status: 429, headers: { "retry-after": "1" }, body: { error: { message: "slow down" } } });
  the.model.script(...openai.says("Now."));
  const turn = await client.chat("Hi");
  assert.equal(turn.text, "Now.");
  const [first, second] = the.model.requests;
  assert.ok(second.at - first.at >= 990, `came back after ${second.at - first.at} ms`);
});

test("a permanent 500 ends with what the person can do", async () => {
  for (let attempt = 0; attempt < 3; attempt++) the.model.script({ status: 500, body: "boom" });
  const turn = await client.chat("Hi");
  assert.equal(the.model.requests.length, 3);
  const { error, done, outcome } = turn.final;
  assert.deepEqual([error, done, outcome, turn.finals.length], [true, true, "error", 1]);
  assert.match(turn.final.body, /over capacity/);
});

test("a refusal is not retried and is reported in the provider's words", async () => {
  the.model.script({ status: 401, body: { error: { message: "Incorrect API key" } } });
  const turn = await client.chat("Hi");
  assert.equal(the.model.requests.length, 1);
  assert.match(turn.final.body, /401.*Incorrect API key/);
});

test("an HTML page is not an answer", async () => {
  the.model.script({ headers: { "content-type": "text/html" }, body: "<html>Sign in</html>" });
  const turn = await client.chat("Hi");
  assert.match(turn.final.body, /not an answer.*HTML/);
});

test("a connection that is lost before the first word is silently retried", async () => {
  the.model.script(": here\n\n", CUT);
  the.model.script(...openai.says("Hello."));
  const turn = await client.chat("Hi");
  assert.deepEqual([turn.text, turn.final.outcome], ["Hello.", "completed"]);
});

test("a connection that is lost in the text keeps the text, says so, and blocks nothing", async () => {
  const hold = gate();
  the.model.script(openai.text("Hel"), hold.wait, CUT);
  const id = client.ask("Hi");
  await client.next((frame) => hasChunk(frame, "text-delta"));
  hold.open();
  const turn = await client.answer(id);
  assert.deepEqual([turn.text, turn.final.error, turn.finals.length], ["Hel", true, 1]);
  assert.match(turn.final.body, /cut off/);
  assert.equal(the.model.requests.length, 1);
  const stored = (await client.call("getMessages")).at(-1);
  assert.deepEqual(stored.parts.filter(({ type }) => type === "text"), [{ type: "text", text: "Hel", state: "done" }]);
  the.model.script(...openai.says("Again."));
  assert.equal((await client.chat("And now?")).text, "Again.");
});

test("an error in the stream ends the turn with its kind", async () => {
  the.model.script(openai.text("Hel"), event({ error: { message: "m", code: 503 } }));
  const turn = await client.chat("Hi");
  assert.deepEqual([turn.text, turn.final.outcome], ["Hel", "error"]);
  assert.match(turn.final.body, /over capacity/);
});

test("an empty answer is retried once, then reported", async () => {
  the.model.script(openai.finish(), DONE);
  the.model.script(...openai.says("Hello."));
  assert.equal((await client.chat("Hi")).text, "Hello.");
  the.model.script(DONE);
  the.model.script(openai.finish(""), DONE);
  const turn = await client.chat("Hi again");
  assert.equal(the.model.requests.length, 4);
  assert.match(turn.final.body, /empty answer/);
});
