// Turns of the chat: alone, of many people at once, resumed, and what their prompts cost.

import { block } from "../blocks.mjs";
import { cpuPerTime, fresh, metric } from "../measure.mjs";
import { stopwatch } from "../process.mjs";
import { Session } from "../session.mjs";
import { commonPrefix, median, quantile, sleep } from "../stats.mjs";

const STORY = "Tell me a story tokens=500";
const WORKOUT = "Please schedule a workout";
const PEOPLE = 50;
/** A usual estimate for English text; the product's own is 3, to be on the safe side. */
export const CHARACTERS_PER_TOKEN = 4;

async function several(target, text, { people, each, size = 0 }) {
  const [answers, readings] = [[], []];
  for (let person = 0; person < people; person++) {
    const session = await Session.open(target, fresh());
    await target.adapter.seed(session, Array.from({ length: size }, (_, at) => block(at)));
    await session.chat("Hello tokens=5");
    await sleep(20);
    const read = stopwatch(target.pid);
    for (let at = 0; at < each; at++) answers.push(await session.chat(text));
    readings.push(read());
    await session.close();
  }
  return { firstMs: median(answers.map(({ firstMs }) => firstMs)), cpu: cpuPerTime(readings, answers.length) };
}

/** An answer of 500 tokens, and turns with a tool call. */
export async function turns(target, { sizes, quick }) {
  const people = quick ? 2 : 5;
  const story = await several(target, STORY, { people, each: 4 });
  const tool = await several(target, WORKOUT, { people, each: 6 });
  const all = [
    metric("first text", "ms", story.firstMs, { ratio: 1.5 }),
    metric("answer of 500 tokens, CPU", "ms", story.cpu, { ratio: 1.25 }),
    metric("tool turn, CPU, 0 blocks", "ms", tool.cpu, { ratio: 1.6 }),
  ];
  if (!sizes.includes(1_000)) return all;
  const large = await several(target, WORKOUT, { people: 3, each: 5, size: 1_000 });
  return [...all, metric("tool turn, CPU, 1,000 blocks", "ms", large.cpu, { ratio: 1.6 })];
}

/** Many people, each of whom says the next thing when the answer is complete. */
export async function crowd(target, { quick }) {
  const plain = await together(target, "Talk tokens=50", quick ? 3 : 6);
  const tool = await together(target, WORKOUT, quick ? 2 : 4);
  return [
    metric(`${PEOPLE} people, turns`, "per second", plain.rate, { ratio: 0.6, more: true }),
    metric(`${PEOPLE} people, turn, p99`, "ms", plain.p99),
    metric(`${PEOPLE} people, tool turns`, "per second", tool.rate, { ratio: 0.6, more: true }),
  ];
}

async function together(target, text, each) {
  const sessions = [];
  for (let person = 0; person < PEOPLE; person++) sessions.push(await Session.open(target, fresh()));
  for (const session of sessions) await session.chat("Hello tokens=5");
  await sleep(100);
  const read = stopwatch(target.pid);
  const totals = [];
  await Promise.all(sessions.map(async (session) => {
    for (let at = 0; at < each; at++) totals.push((await session.chat(text)).totalMs);
  }));
  const { wallMs } = read();
  await Promise.all(sessions.map((session) => session.close()));
  return { rate: (totals.length * 1_000) / wallMs, p99: quantile(totals, 0.99) };
}

/** A tab connects in the middle of an answer of 500 tokens, and is sent what it has missed. The floor cannot do that. */
export async function resume(target, { quick }) {
  if (target.kind === "floor") return [];
  const times = [];
  for (let at = 0; at < (quick ? 2 : 5); at++) {
    const name = fresh();
    const main = await Session.open(target, name);
    await main.chat("Hello tokens=5");
    const turn = main.ask("Tell me a story tokens=500 gap=2");
    await sleep(600);
    times.push(await rejoin(target, name));
    await turn.done;
    await main.close();
  }
  return [metric("resume in the middle of 500 tokens", "ms", median(times))];
}

/** The time from connecting until what was missed is there. */
async function rejoin(target, name) {
  const tab = await Session.open(target, name);
  const replayed = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("nothing was replayed within 10 s")), 10_000).unref();
    tab.onFrame = (frame, at) => {
      if (frame.type === "cf_agent_stream_resuming") tab.send({ type: "cf_agent_stream_resume_ack", id: frame.id });
      if (frame.replayComplete) resolve(at - tab.began);
    };
  });
  tab.send({ type: "cf_agent_stream_resume_request" });
  const ms = await replayed;
  await tab.close();
  return ms;
}

/** A conversation of ten turns with edits in between: how long prompts are, and how much of each begins as the one before. */
export async function prompt(target, { model }) {
  const session = await Session.open(target, fresh());
  model.record(true);
  for (let turn = 0; turn < 10; turn++) {
    await session.edit("schedule", block(turn));
    await session.chat(turn % 3 === 2 ? WORKOUT : `What is next on day ${turn}? tokens=40`);
  }
  const texts = model.record(false).map(textOf);
  await session.close();
  const shared = texts.slice(1).map((text, at) => commonPrefix(texts[at], text) / text.length);
  const lengths = texts.map(({ length }) => length);
  const average = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  return [
    metric("prompt, on average in ten turns", "characters", average(lengths)),
    metric("prompt, estimated", "tokens", average(lengths) / CHARACTERS_PER_TOKEN),
    metric("prompt, the same as the one before", "percent", 100 * average(shared), { more: true }),
  ];
}

/** A request as the text that a model reads: the tools, which chat templates put first, and the messages. */
export function textOf({ tools, messages }) {
  return [...(tools ?? []), ...messages].map((part) => JSON.stringify(part)).join("\n");
}
