// One connected client, as a tab is.

import WebSocket from "ws";
import { sleep } from "./stats.mjs";

/** Larger frames are not parsed: the driver's own work must not be what is measured. */
const LARGE = 16_384;
const LARGE_TYPES = /cf_agent_state|flux_snapshot|"snapshot"|cf_agent_chat_messages|flux_events/;
/** How long anything may take. */
const LIMIT_MS = 120_000;

let serial = 0;

export class Session {
  /** Bytes of all frames that were received. */
  bytes = 0;
  /** The conversation, as the published clients keep it. */
  messages = [];
  #calls = new Map();
  #turns = new Map();
  #waiting = [];

  /** Connects and waits until a tab could draw the timeline. `query` is appended to the address. */
  static async open(target, name, { query = "", ready = target.adapter.ready } = {}) {
    const session = new Session();
    Object.assign(session, { target, name });
    const address = target.url.replace("http", "ws") + (await target.adapter.path(name, target)) + query;
    session.began = performance.now();
    session.socket = new WebSocket(address, { perMessageDeflate: false, maxPayload: 64 << 20 });
    session.socket.on("message", (data) => session.#receive(data));
    session.socket.on("close", () => session.#fail(new Error("the socket was closed")));
    session.socket.on("error", (error) => session.#fail(error));
    session.readyMs = (await session.next(ready)) - session.began;
    return session;
  }

  /** Waits for the next frame of that type; gives the moment. */
  next(type) {
    return within(new Promise((resolve, reject) => this.#waiting.push({ type, resolve, reject })), `a frame ${type}`);
  }

  /** Sends a frame. */
  send(frame) {
    this.socket.send(JSON.stringify(frame));
  }

  /** Calls a method; gives its result. */
  async call(method, ...args) {
    return (await this.#timed(method, args)).result;
  }

  /** One of the edits of the adapter; gives its result and its time in ms. */
  async edit(kind, ...args) {
    const { calls, result } = this.target.adapter;
    const [method, ...rest] = calls[kind](...args);
    const done = await this.#timed(method, rest);
    return { ms: done.ms, result: result(kind, done.result) };
  }

  #timed(method, args) {
    const id = String(++serial);
    const answered = new Promise((resolve, reject) => {
      this.#calls.set(id, { began: performance.now(), resolve, reject });
      this.send({ type: "rpc", id, method, args });
    });
    return within(answered, method);
  }

  /** Says something and waits for the whole answer; gives the times since then in ms, and the parts of the answer. */
  chat(text) {
    return within(this.ask(text).done, "an answer");
  }

  /** Says something. `done` is the answer. */
  ask(text) {
    const number = ++serial;
    this.messages.push({ id: `user-${number}`, role: "user", parts: [{ type: "text", text }] });
    const messages = this.target.adapter.sendsHistory ? this.messages : this.messages.slice(-1);
    const id = `turn-${number}`;
    const done = new Promise((resolve, reject) => {
      this.#turns.set(id, { began: performance.now(), parts: [], pieces: 0, resolve, reject });
    });
    const body = JSON.stringify({ messages, trigger: "submit-message" });
    this.send({ type: "cf_agent_use_chat_request", id, init: { method: "POST", body } });
    return { id, done };
  }

  /** Closes it. Some targets do not answer the close frame, so nobody waits for that. */
  async close() {
    this.socket.removeAllListeners("close");
    this.socket.close();
    await sleep(10);
    this.socket.terminate();
  }

  #receive(data) {
    const at = performance.now();
    this.bytes += data.length;
    const frame = data.length > LARGE ? large(data) : JSON.parse(data.toString());
    if (frame.type === "rpc" && frame.done !== false) this.#answered(frame, at);
    if (frame.type === "cf_agent_use_chat_response") this.#streamed(frame, at);
    this.onFrame?.(frame, at);
    const waiting = this.#waiting.filter(({ type }) => type === frame.type);
    this.#waiting = this.#waiting.filter(({ type }) => type !== frame.type);
    waiting.forEach(({ resolve }) => resolve(at));
  }

  #answered({ id, success, result, error }, at) {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (success) call?.resolve({ result, ms: at - call.began });
    else call?.reject(new Error(error));
  }

  #streamed(frame, at) {
    const turn = this.#turns.get(frame.id);
    if (!turn) return;
    if (frame.error) return this.#over(frame.id)?.reject(new Error(frame.body));
    if (frame.body) takeChunk(turn, JSON.parse(frame.body), at);
    if (!frame.done) return;
    this.#over(frame.id);
    this.messages.push({ id: turn.messageId ?? `assistant-${frame.id}`, role: "assistant", parts: turn.parts });
    turn.resolve({ firstMs: turn.first - turn.began, totalMs: at - turn.began, pieces: turn.pieces, parts: turn.parts });
  }

  #over(id) {
    const turn = this.#turns.get(id);
    this.#turns.delete(id);
    return turn;
  }

  #fail(error) {
    for (const { reject } of [...this.#calls.values(), ...this.#turns.values(), ...this.#waiting]) reject(error);
  }
}

/** Keeps the answer as the AI SDK's client does, because the next request carries it. */
function takeChunk(turn, chunk, at) {
  const call = () => turn.parts.find(({ toolCallId }) => toolCallId === chunk.toolCallId);
  switch (chunk.type) {
    case "start":
      turn.messageId = chunk.messageId;
      break;
    case "start-step":
      turn.parts.push({ type: "step-start" });
      break;
    case "text-delta": {
      turn.first ??= at;
      turn.pieces += 1;
      const last = turn.parts.at(-1);
      if (last?.type === "text") last.text += chunk.delta;
      else turn.parts.push({ type: "text", text: chunk.delta, state: "done" });
      break;
    }
    case "tool-input-available":
      turn.parts.push({ type: `tool-${chunk.toolName}`, toolCallId: chunk.toolCallId, state: "input-available", input: chunk.input });
      break;
    case "tool-output-available":
      Object.assign(call(), { state: "output-available", output: chunk.output });
      break;
    case "tool-output-error":
      Object.assign(call(), { state: "output-error", errorText: chunk.errorText });
      break;
    case "error":
      turn.reject(new Error(chunk.errorText));
  }
}

/** The type of a large frame, from its two ends. An answer to a call is parsed all the same. */
function large(data) {
  const ends = data.toString("latin1", 0, 64) + data.toString("latin1", data.length - 64);
  const [type] = LARGE_TYPES.exec(ends) ?? [];
  return type ? { type: type.replaceAll('"', "") } : JSON.parse(data.toString());
}

async function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come within ${LIMIT_MS / 1_000} s`)), LIMIT_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
