// The scripted model: an OpenAI-compatible server that answers by fixed rules, so that every target gets the same answers.
//
// The person's message says what to answer: `tokens=500` (50 without it), `gap=2` (ms between tokens, 0 without it). A message
// with the word “schedule” is answered with a call of scheduleBlock in pieces, and the request with its result with 12 tokens. With
// `tokens=1` every answer has one token or one call, and comes as a whole after 100 ms: whatever a target does after a pause is then
// done each time, on any machine. A request for a JSON answer, as the architect makes, gets the tasks that `tasks` holds.

import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { sleep } from "./stats.mjs";

const AFTER_A_CALL = 12;
/** The pause before an answer with `tokens=1`, in ms. */
const PAUSE_MS = 100;
const START = Date.UTC(2026, 10, 30, 8);
/** Arguments arrive in pieces of this many characters. */
const PIECE = 12;

/** The text of a message, whose content may be a text or a list of parts. */
export const textOf = ({ content }) =>
  typeof content === "string" ? content : (content ?? []).map(({ text }) => text ?? "").join("");

/** The numbers in a message to the model. */
export function orders(text) {
  const number = (name, otherwise) => Number(new RegExp(`\\b${name}=(\\d+)`).exec(text)?.[1] ?? otherwise);
  return { tokens: number("tokens", 50), gap: number("gap", 0) };
}

/** Starts it. `record(true)` keeps the requests, which `record(false)` returns. */
export async function startModel() {
  const model = new ScriptedModel();
  await model.listen();
  return model;
}

class ScriptedModel {
  /** The tasks of the next goals, as the architect's schema wants them. */
  tasks = [];
  #requests;
  #calls = 0;
  #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });

  async listen() {
    this.#server.keepAliveTimeout = 60_000;
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.#server.address().port}/v1`;
  }

  record(isOn) {
    const requests = this.#requests;
    this.#requests = isOn ? [] : undefined;
    return requests;
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request, response) {
    const body = await json(request);
    this.#requests?.push(body);
    response.socket.setNoDelay(true);
    response.writeHead(200, { "content-type": "text/event-stream" });
    const head = { id: "answer", object: "chat.completion.chunk", created: 1, model: "scripted" };
    const event = (delta, finish_reason = null, more = {}) =>
      `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason }], ...more })}\n\n`;
    const end = (count) => {
      const usage = { prompt_tokens: 100, completion_tokens: count, total_tokens: 100 + count };
      return `${event({}, reason, { usage })}data: [DONE]\n\n`;
    };
    const { deltas, gap, reason, isWhole } = this.#script(body);
    if (isWhole) {
      await sleep(PAUSE_MS);
      response.end([...deltas].map((delta) => event(delta)).join("") + end(1));
      return;
    }
    const began = performance.now();
    let count = 0;
    for (const delta of deltas) {
      if (response.destroyed) return;
      // Each token in a turn of the event loop of its own, or none would be sent before the last.
      if (count > 0) await (gap > 0 ? sleep(began + count * gap - performance.now()) : new Promise(setImmediate));
      response.write(event(delta));
      count += 1;
    }
    response.end(end(count));
  }

  #script({ messages, tools, response_format: format }) {
    if (format) return { deltas: [{ content: JSON.stringify({ tasks: this.tasks }) }], gap: 0, reason: "stop" };
    const question = textOf(messages.findLast(({ role }) => role === "user") ?? {});
    const { role } = messages.at(-1);
    const { tokens, gap } = orders(question);
    const isWhole = tokens === 1;
    if (role === "user" && /\bschedule\b/i.test(question) && tools?.length > 0) {
      return { deltas: call(this.#calls++, isWhole ? Infinity : PIECE), gap, reason: "tool_calls", isWhole };
    }
    return { deltas: words(role === "tool" ? Math.min(AFTER_A_CALL, tokens) : tokens), gap, reason: "stop", isWhole };
  }
}

function* words(count) {
  for (let at = 0; at < count; at++) yield at === 0 ? { role: "assistant", content: "word0" } : { content: ` word${at}` };
}

function* call(number, size) {
  const time = (minutes) => new Date(START + number * 3_600_000 + minutes * 60_000).toISOString();
  const text = JSON.stringify({
    title: `Workout ${number}`, description: "Intervals and stretching", priority: "medium", tags: ["health", "morning"],
    startTime: time(0), endTime: time(30),
  });
  const begun = { index: 0, id: `call_${number}`, type: "function", function: { name: "scheduleBlock", arguments: "" } };
  yield { role: "assistant", content: null, tool_calls: [begun] };
  for (let at = 0; at < text.length; at += size) {
    yield { tool_calls: [{ index: 0, function: { arguments: text.slice(at, at + size) } }] };
  }
}
