// A raw client that sends and receives frames. The published clients are tested separately.

import { randomUUID } from "node:crypto";
import { until, within } from "./until.mjs";

/** How long an answer may take on a busy machine, if the test does not delay it. */
const ANSWER_LIMIT_MS = 20_000;

/** A new identity: `{ name, token }`. */
export async function guest(server) {
  const response = await fetch(`${server.url}/api/guest`, { method: "POST" });
  if (!response.ok) throw new Error(`POST /api/guest: ${response.status} ${await response.text()}`);
  return response.json();
}

/**
 * Connects, and waits until the socket is open. `path` follows `/agents/chat/`. Without `token`, `headers` and `protocols`, a new
 * guest connects.
 */
export async function connect(server, { token, path = "me", query = {}, headers = {}, protocols = [], agent = "chat" } = {}) {
  const isUnknown = token === undefined && Object.keys(headers).length === 0 && protocols.length === 0;
  if (isUnknown) token = (await guest(server)).token;
  const search = new URLSearchParams({ _pk: randomUUID(), ...(token && { token }), ...query });
  const url = `${server.url.replace("http", "ws")}/agents/${agent}/${path}?${search}`;
  const connection = new Connection(new WebSocket(url, { headers, protocols }), token);
  await within(connection.opened, ANSWER_LIMIT_MS, () => `a socket at ${url}`);
  return connection;
}

/** Connects and waits for the end of the greeting, which is the frame with the conversation. */
export async function greeted(server, options) {
  const connection = await connect(server, options);
  await connection.next((frame) => frame.type === "cf_agent_chat_messages" && frame.connect);
  return connection;
}

/** Waits until no request is queued or being answered. */
export async function idle(client) {
  await until(async () => {
    client.send({ type: "cf_agent_stream_resume_request", probeId: "p" });
    const { type, reason } = await client.next(({ type }) => type.startsWith("cf_agent_stream_"));
    return type === "cf_agent_stream_resume_none" && reason === "idle";
  }, { what: () => "the end of all turns" });
}

/** A message of a person. */
export function userMessage(text, id = randomUUID()) {
  return { id, role: "user", parts: [{ type: "text", text }] };
}

class Connection {
  /** All frames so far, in order. */
  frames = [];
  /** How many bytes they have. */
  bytes = 0;
  /** `{ code, reason }` once it is closed. */
  closed;
  opened;
  #socket;
  #watchers = new Set();
  #cursor = 0;

  constructor(socket, token) {
    this.token = token;
    this.#socket = socket;
    this.opened = new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", (event) => reject(event.error ?? new Error("the socket failed")));
    });
    this.closed = new Promise((resolve) => {
      socket.addEventListener("close", ({ code, reason }) => {
        this.ended = { code, reason };
        resolve(this.ended);
        this.#watchers.forEach((watch) => watch());
      });
    });
    socket.addEventListener("message", ({ data }) => {
      this.frames.push(JSON.parse(data));
      this.bytes += Buffer.byteLength(data);
      this.#watchers.forEach((watch) => watch());
    });
  }

  /**
   * The next matching frame after the one that the last `next` returned. So consecutive calls also check the order of frames.
   * `match` is a type or a function.
   */
  async next(match, limit = ANSWER_LIMIT_MS) {
    const fits = typeof match === "string" ? (frame) => frame.type === match : match;
    const index = await this.#first(fits, this.#cursor, limit, () => String(match));
    this.#cursor = index + 1;
    return this.frames[index];
  }

  /** The first of all frames that matches, independent of earlier calls. */
  async find(match, limit = ANSWER_LIMIT_MS) {
    return this.frames[await this.#first(match, 0, limit, () => String(match))];
  }

  #first(fits, from, limit, what) {
    let index = from;
    let watch;
    const found = new Promise((resolve, reject) => {
      watch = () => {
        for (; index < this.frames.length; index++) if (fits(this.frames[index])) return resolve(index);
        if (this.ended) reject(new Error(`closed with ${JSON.stringify(this.ended)} before: ${what()}`));
      };
      this.#watchers.add(watch);
      watch();
    });
    const seen = () => `${what()}; got ${JSON.stringify(this.frames.slice(from)).slice(0, 4_000)}`;
    return within(found, limit, seen).finally(() => this.#watchers.delete(watch));
  }

  /** The subprotocol that the server has chosen; empty if it chose none. */
  get protocol() {
    return this.#socket.protocol;
  }

  /** Whether neither side has begun to close it. A server's close of a silent socket ends locally only after ten seconds. */
  get isOpen() {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Sends a frame. Text and bytes are sent unchanged. */
  send(frame) {
    const isRaw = typeof frame === "string" || frame instanceof Uint8Array;
    this.#socket.send(isRaw ? frame : JSON.stringify(frame));
  }

  /** Makes a call and returns the response frame, successful or not. */
  async tell(method, args = [], id = randomUUID()) {
    this.send({ type: "rpc", id, method, args });
    return this.find((frame) => frame.type === "rpc" && frame.id === id && frame.done !== false);
  }

  /** Makes a call and returns its result. Throws the server's error. */
  async call(method, ...args) {
    const frame = await this.tell(method, args);
    if (!frame.success) throw new Error(frame.error);
    return frame.result;
  }

  /** Sends a chat request, with one new message if no `messages` are given, and as part of a trace. Returns the request's id. */
  ask(text, { id = randomUUID().slice(0, 8), messages = [userMessage(text)], traceparent, ...more } = {}) {
    const body = JSON.stringify({ messages, trigger: "submit-message", ...more });
    this.send({ type: "cf_agent_use_chat_request", id, init: { method: "POST", body }, traceparent });
    return id;
  }

  /** Waits for the end of a request and returns its frames. */
  async answer(id, limit = ANSWER_LIMIT_MS) {
    await this.find((frame) => isResponse(frame, id) && frame.done, limit);
    return this.turn(id);
  }

  /** Sends a message and waits for the whole answer. */
  chat(text, options) {
    return this.answer(this.ask(text, options));
  }

  /** The frames of a request so far. */
  turn(id) {
    return new TurnSeen(this.frames.filter((frame) => isResponse(frame, id)));
  }

  /** Closes the socket and waits for the server's close frame. */
  close(code = 1000) {
    this.#socket.close(code);
    return within(this.closed, ANSWER_LIMIT_MS, () => "the server's answer to a close");
  }
}

/** Whether a frame belongs to that request's stream. */
export function isResponse(frame, id) {
  return frame.type === "cf_agent_use_chat_response" && frame.id === id;
}

/** Whether a frame carries a chunk of that type. */
export function hasChunk(frame, type) {
  return frame.type === "cf_agent_use_chat_response" && chunkOf(frame)?.type === type;
}

/** The chunk of a response frame; `undefined` for control frames and errors. */
export function chunkOf(frame) {
  return frame.body && !frame.error ? JSON.parse(frame.body) : undefined;
}

/** The frames of one request, and the message that they make. */
class TurnSeen {
  constructor(frames) {
    this.frames = frames;
    this.finals = frames.filter((frame) => frame.done);
    this.final = this.finals[0];
    const withChunk = frames.filter((frame) => chunkOf(frame));
    this.seqs = withChunk.map((frame) => frame.seq);
    this.chunks = withChunk.map(chunkOf);
  }

  /** The chunks of a type. */
  of(type) {
    return this.chunks.filter((chunk) => chunk.type === type);
  }

  /** The whole text. */
  get text() {
    return this.of("text-delta").map(({ delta }) => delta).join("");
  }

  /** The calls with their results: `{ name, input, output?, error? }`. */
  get calls() {
    return this.of("tool-input-available").map(({ toolCallId, toolName, input }) => {
      const of = (type) => this.of(type).find((chunk) => chunk.toolCallId === toolCallId);
      return { id: toolCallId, name: toolName, input, output: of("tool-output-available")?.output,
        error: of("tool-output-error")?.errorText };
    });
  }

  /** The types of the chunks, each run of deltas as one. */
  get shape() {
    const types = this.chunks.map(({ type }) => type);
    return types.filter((type, at) => type !== types[at - 1] || !type.endsWith("-delta"));
  }
}
