// A scripted model server: `POST …/chat/completions`, as on OpenAI-compatible servers, and `POST /run`, which the Worker in e2e/ai
// calls for the AI binding.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { until } from "./until.mjs";

/**
 * Starts the server. Each request takes the next script from the queue. Without a script it gets status 418, which is not retried
 * and shows an unexpected request. A script of `scriptWhen` is taken only by a request with a matching body. Requests for the title
 * or the report of a run, which are optional, take only such scripts, and are not counted without one. A script is a list of steps:
 *
 * - a string or bytes: written unchanged,
 * - a function: called and awaited, e.g. to hold the stream until the test releases it; as the first step it also delays the
 *   head,
 * - `{ status?, headers?, body? }`: another head than `200 text/event-stream`; only before anything is written,
 * - `CUT`: the connection is destroyed.
 *
 * Returns `{ baseUrl, url, requests, script(...steps), scriptWhen(when, ...steps), answerWith(make), stop() }`; `requests` are
 * `{ path, headers, body, at, isOpen }`.
 */
export async function startModel() {
  const model = new ScriptedModel();
  await model.listen();
  return model;
}

const prompt = (name) =>
  readFileSync(new URL(`../../prompts/${name}.md`, import.meta.url), "utf8").split("\n---\n")[1].trim();
const [REPORT, TITLE] = ["report", "title"].map(prompt);
const systemPrompt = (body) => (body.messages ?? body.input?.messages)?.[0].content;

/** Whether a request to the model, or to the binding, is for the report of a run. */
export const isReport = (body) => systemPrompt(body) === REPORT;

/** Whether a request is for the title of a run. */
export const isTitle = (body) => systemPrompt(body) === TITLE;

/** What the person says in a message to the model, without the context in front of it. */
export const said = ({ content }) => content.replace(/^<context>\n[^]*?\n<\/context>\n\n/, "");

/** A step: the connection breaks. */
export const CUT = Symbol("cut");

class ScriptedModel {
  requests = [];
  #scripts = [];
  #make;
  #server = createServer((request, response) => this.#handle(request, response));

  async listen() {
    // Otherwise Node closes a connection that was idle for 5 s, just as the Worker may send the next request over it.
    this.#server.keepAliveTimeout = 0;
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
    this.baseUrl = `${this.url}/v1`;
  }

  /** Queues an answer. */
  script(...steps) {
    this.#scripts.push({ steps });
  }

  /** Queues an answer for the next request with a matching body. */
  scriptWhen(when, ...steps) {
    this.#scripts.push({ when, steps });
  }

  /** Answers each request for which no script fits with the steps that `make` returns for its body. */
  answerWith(make) {
    this.#make = make;
  }

  /** The number of unused scripts. */
  get unused() {
    return this.#scripts.length;
  }

  /** Removes all scripts and requests before another test. */
  reset() {
    this.#scripts = [];
    this.requests = [];
  }

  /** Waits for the request with this number, counted from 0. */
  request(number) {
    return until(() => this.requests[number], { what: () => `request ${number} to the model` });
  }

  /** Waits until the client has closed the request with this number. */
  closed(number) {
    return until(() => this.requests[number]?.isOpen === false, { what: () => `the end of request ${number}` });
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(request, response) {
    const body = await json(request).catch(() => undefined);
    // The process that asked was killed.
    if (body === undefined) return;
    const seen = { path: request.url, headers: request.headers, body, at: Date.now(), isOpen: true };
    response.on("close", () => (seen.isOpen = false));
    const isExtra = isReport(body) || isTitle(body);
    const index = this.#scripts.findIndex(({ when }) => (when ? when(body) : !isExtra));
    if (index >= 0 || !isExtra) this.requests.push(seen);
    const [script] = index < 0 ? [] : this.#scripts.splice(index, 1);
    await play(script?.steps ?? this.#make?.(body) ?? [{ status: 418, body: "nothing is scripted" }], response);
  }
}

async function play(steps, response) {
  let from = 0;
  for (; typeof steps[from] === "function"; from++) await steps[from]();
  if (response.destroyed) return undefined;
  const hasHead = isHead(steps[from]);
  const { status = 200, headers = {}, body } = hasHead ? steps[from] : {};
  const type = status === 200 && body === undefined ? "text/event-stream" : "application/json";
  response.writeHead(status, { "content-type": type, ...headers });
  if (body !== undefined) return response.end(typeof body === "string" ? body : JSON.stringify(body));
  response.flushHeaders();
  for (const step of steps.slice(hasHead ? from + 1 : from)) {
    if (step === CUT) return response.destroy();
    if (typeof step === "function") await step();
    // After the client has closed the connection, writing fails.
    else if (!response.destroyed) await new Promise((resolve) => response.write(step, resolve));
  }
  return response.end();
}

function isHead(step) {
  return typeof step === "object" && !(step instanceof Uint8Array);
}

/** A gate in a stream: `gate.wait` is a step that ends when the test calls `gate.open()`. */
export function gate() {
  let open;
  const opened = new Promise((resolve) => (open = resolve));
  return { open, wait: () => opened };
}

/** One server-sent event. */
export function event(data) {
  return `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

export const DONE = event("[DONE]");

/** OpenAI's events. */
export const openai = {
  delta: (delta, finish_reason = null) => event({ choices: [{ index: 0, delta, finish_reason }] }),
  text: (content) => openai.delta({ content }),
  finish: (reason = "stop") => openai.delta({}, reason),
  /** A call in one piece. */
  call: (name, args, { index = 0, id = `call_${name}_${index}` } = {}) =>
    openai.delta({ tool_calls: [{ index, id, type: "function", function: { name, arguments: textOf(args) } }] }),
  usage: (prompt_tokens, completion_tokens) => event({ choices: [], usage: { prompt_tokens, completion_tokens } }),
  /** A complete answer with text. */
  says: (...texts) => [...texts.map(openai.text), openai.finish(), DONE],
  /** A complete answer with calls, each `[name, arguments]`. */
  calls: (...calls) => [
    ...calls.map(([name, args], index) => openai.call(name, args, { index })), openai.finish("tool_calls"), DONE],
};

function textOf(args) {
  return typeof args === "string" ? args : JSON.stringify(args);
}
