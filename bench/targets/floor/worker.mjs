// The floor: the least that a Durable Object in plain JavaScript can do for the same calls.
//
// For an edit: one row of `blocks`, one row of `events`, an answer, and one small frame to each other socket. For a turn: the
// conversation is read once, the model is asked once a step, each piece of its answer is one frame, and each message is one row.
// Nothing is checked, undone, resumed or recovered. It shows what the platform itself costs.

import { DurableObject } from "cloudflare:workers";

const TABLES = `
  CREATE TABLE IF NOT EXISTS blocks (
    id TEXT PRIMARY KEY, title TEXT, description TEXT, priority TEXT, tags TEXT, start TEXT, end TEXT, done INTEGER
  );
  CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, id TEXT, type TEXT, payload TEXT, at TEXT);
  CREATE TABLE IF NOT EXISTS messages (seq INTEGER PRIMARY KEY, body TEXT);
`;

const UPDATE = `
  UPDATE blocks SET title = coalesce(?1, title), start = coalesce(?2, start), end = coalesce(?3, end), done = coalesce(?4, done)
  WHERE id = ?5 RETURNING *
`;

/** Most requests to the model in one turn. */
const STEPS = 5;

const TEXT = { type: "string" };
const FIELDS = {
  title: TEXT, description: TEXT, priority: { type: "string", enum: ["high", "medium", "low"] },
  tags: { type: "array", items: TEXT }, startTime: TEXT, endTime: TEXT,
};
const tool = (name, description, properties, required) =>
  ({ type: "function", function: { name, description, parameters: { type: "object", properties, required } } });
const TOOLS = [
  tool("scheduleBlock", "Add a block to the timeline", FIELDS, ["title", "startTime", "endTime"]),
  tool("updateBlock", "Change a block", { id: TEXT, updates: { type: "object", properties: FIELDS } }, ["id", "updates"]),
  tool("completeBlock", "Mark a block as done", { id: TEXT }, ["id"]),
  tool("deleteBlock", "Remove a block", { id: TEXT }, ["id"]),
];

function fromRow({ tags, start, end, done, ...row }) {
  return { ...row, tags: JSON.parse(tags), startTime: start, endTime: end, completed: done === 1 };
}

export class Chat extends DurableObject {
  #sql = this.ctx.storage.sql;

  constructor(ctx, env) {
    super(ctx, env);
    this.#sql.exec(TABLES);
  }

  fetch() {
    const [client, server] = Object.values(new WebSocketPair());
    this.ctx.acceptWebSocket(server);
    const blocks = this.#sql.exec("SELECT * FROM blocks").toArray().map(fromRow);
    server.send(JSON.stringify({ type: "snapshot", blocks }));
    return new Response(null, { status: 101, webSocket: client });
  }

  async webSocketMessage(socket, text) {
    const frame = JSON.parse(text);
    if (frame.type === "cf_agent_use_chat_request") return this.#turn(socket, frame);
    const result = this[frame.method](socket, ...frame.args);
    socket.send(JSON.stringify({ type: "rpc", id: frame.id, success: true, done: true, result }));
  }

  webSocketClose(socket) {
    // The runtime does not answer the close frame of a socket that can hibernate.
    socket.close(1000);
  }

  #log(socket, type, payload) {
    const [id, at] = [crypto.randomUUID(), new Date().toISOString()];
    this.#sql.exec("INSERT INTO events (id, type, payload, at) VALUES (?, ?, ?, ?)", id, type, JSON.stringify(payload), at);
    const others = this.ctx.getWebSockets().filter((other) => other !== socket);
    if (others.length === 0) return;
    const frame = JSON.stringify({ type: "event", event: { id, type, payload, at } });
    others.forEach((other) => other.send(frame));
  }

  #insert({ title, description = "", priority = "medium", tags = [], startTime, endTime }) {
    const id = crypto.randomUUID();
    const row = [id, title, description, priority, JSON.stringify(tags), startTime, endTime];
    this.#sql.exec("INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?, 0)", ...row);
    return { id, title, description, priority, tags, startTime, endTime, completed: false };
  }

  scheduleBlock(socket, input) {
    const block = this.#insert(input);
    this.#log(socket, "BLOCK_SCHEDULED", block);
    return block;
  }

  updateBlock(socket, id, { title = null, startTime = null, endTime = null, completed }) {
    const done = completed === undefined ? null : Number(completed);
    const [row] = this.#sql.exec(UPDATE, title, startTime, endTime, done, id).toArray();
    if (row === undefined) return null;
    this.#log(socket, "BLOCK_UPDATED", { id, title, startTime, endTime, completed });
    return fromRow(row);
  }

  completeBlock(socket, id) {
    return this.updateBlock(socket, id, { completed: true });
  }

  deleteBlock(socket, id) {
    const { rowsWritten } = this.#sql.exec("DELETE FROM blocks WHERE id = ?", id);
    if (rowsWritten > 0) this.#log(socket, "BLOCK_DELETED", { id });
    return rowsWritten > 0;
  }

  /** What separate calls of scheduleBlock would have left behind. */
  seed(_, inputs) {
    for (const input of inputs) {
      const block = this.#insert(input);
      const at = new Date().toISOString();
      const row = [crypto.randomUUID(), JSON.stringify(block), at];
      this.#sql.exec("INSERT INTO events (id, type, payload, at) VALUES (?, 'BLOCK_SCHEDULED', ?, ?)", ...row);
    }
    return inputs.length;
  }

  async #turn(socket, { id, init }) {
    const send = (chunk) => {
      const body = chunk ? JSON.stringify(chunk) : "";
      socket.send(JSON.stringify({ type: "cf_agent_use_chat_response", id, body, done: !chunk }));
    };
    const add = (message) => this.#sql.exec("INSERT INTO messages (body) VALUES (?)", JSON.stringify(message));
    const { messages } = JSON.parse(init.body);
    add({ role: "user", content: messages.at(-1).parts[0].text });
    const rows = this.#sql.exec("SELECT body FROM messages ORDER BY seq").toArray();
    const history = rows.map(({ body }) => JSON.parse(body));
    const content = `You keep the person's timeline. Now: ${new Date().toISOString()}.`;
    for (let step = 0; step < STEPS; step++) {
      const { text, call } = await this.#ask([{ role: "system", content }, ...history], send);
      const said = call ? { role: "assistant", content: text, tool_calls: [call] } : { role: "assistant", content: text };
      history.push(said);
      add(said);
      if (!call) break;
      const result = { role: "tool", tool_call_id: call.id, content: this.#carryOut(call, send) };
      history.push(result);
      add(result);
    }
    send(null);
  }

  /** Asks the model. Sends its text as it arrives, and gives all of it with the call that it makes. */
  async #ask(messages, send) {
    const response = await fetch(`${this.env.MODEL_BASE_URL}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "scripted", stream: true, messages, tools: TOOLS }),
    });
    const decoder = new TextDecoder();
    let [text, call, rest] = ["", undefined, ""];
    for await (const bytes of response.body) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop();
      for (const line of lines.filter((line) => line.startsWith("data: {"))) {
        const delta = JSON.parse(line.slice(6)).choices[0]?.delta ?? {};
        if (delta.content) {
          text += delta.content;
          send({ type: "text-delta", id: "0", delta: delta.content });
        }
        for (const piece of delta.tool_calls ?? []) {
          call ??= { id: piece.id, type: "function", function: { name: piece.function.name, arguments: "" } };
          call.function.arguments += piece.function.arguments ?? "";
        }
      }
    }
    return { text, call };
  }

  #carryOut({ id, function: { name, arguments: text } }, send) {
    const input = JSON.parse(text);
    send({ type: "tool-input-available", toolCallId: id, toolName: name, input });
    const { title, startTime } = this.scheduleBlock(null, input);
    const output = `Scheduled “${title}” at ${startTime}.`;
    send({ type: "tool-output-available", toolCallId: id, output });
    return output;
  }
}

export default {
  fetch(request, env) {
    const [, agents, kind, name] = new URL(request.url).pathname.split("/");
    if (agents !== "agents" || kind !== "chat" || !name) return new Response("Not found", { status: 404 });
    return env.Chat.get(env.Chat.idFromName(name)).fetch(request);
  },
};
