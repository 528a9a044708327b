// Somebody who uses the service for a long time over a bad network: chats, edits, undoes, takes copies, and is disconnected.

import assert from "node:assert/strict";
import { agreesElsewhere, callsAgree, exported } from "./agreement.mjs";
import { greeted, guest, hasChunk, idle, isResponse, userMessage } from "./client.mjs";
import { checkLog, Ledger } from "./ledger.mjs";
import { isReport, isTitle, openai, said } from "./model.mjs";
import { startWire } from "./wire.mjs";

/** Open blocks of a person: so many that each edit has a choice, and few enough that no state grows with the length of the run. */
const BLOCKS = 30;
/** The most edits at once. */
const BURST = 6;
/** The longest answer to wait for, on a machine that does much else. */
const ANSWER_MS = 60_000;

/** Rejections that random edits lead to. */
const REJECTIONS = [/^There is no block “B\d+”/, /^There is nothing to undo/];

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What the model answers to these people: the message says what to do. */
export function answerTo(body) {
  if (isReport(body) || isTitle(body)) return [{ status: 418, body: "no words" }];
  const last = body.messages.at(-1);
  if (last.role === "tool") return openai.says("That ", "is ", "done.");
  const [kind, name] = said(last).split(" ");
  const words = Array.from({ length: 12 }, (_, word) => [openai.text(`w${word} `), () => pause(4)]).flat();
  if (kind === "tell") return [...words, openai.finish()];
  const call = (index) => openai.call("scheduleBlock", { title: `Asked ${name} ${index}`, startTime: "2035-05-01T08:00" },
    { index, id: `call-${name}-${index}` });
  return [...words.slice(0, 4), call(0), () => pause(3), call(1), openai.finish("tool_calls")];
}

export class Person {
  /** Figures: how often something was done, and how long it took in ms. */
  figures = { turns: 0, stopped: 0, edits: 0, connections: 0, cuts: 0, copies: 0, editMs: [], turnMs: [] };
  /** What should not have happened. */
  problems = [];
  #server;
  #wire;
  #name;
  #below;
  #token;
  #client;
  #edits;
  /** All requests by id: `{ message, kind, name, outcome }`. */
  #requests = new Map();
  #lastSeq = 0;
  /** What a person does, more or less often. */
  #habits = [
    [6, this.#edit], [2, this.#editAndLose], [4, this.#chat], [2, this.#chatAndLose], [1, this.#stop], [2, this.#look],
    [1, this.#leave], [0.15, this.#copy],
  ];

  constructor(server, name, chance) {
    this.#server = server;
    this.#name = name;
    this.#below = (limit) => Math.floor(chance() * limit);
    this.#edits = new Ledger(this.#below, { most: BLOCKS });
    this.chance = chance;
  }

  async begin() {
    this.#wire = await startWire(this.#server);
    ({ token: this.#token } = await guest(this.#server));
    await this.#connect();
  }

  /** Does one thing. */
  act() {
    const sum = this.#habits.reduce((sum, [weight]) => sum + weight, 0);
    let at = this.chance() * sum;
    const [, habit] = this.#habits.find(([weight]) => (at -= weight) < 0);
    return habit.call(this);
  }

  /** Checks what must be true of somebody who has done all this, and leaves. */
  async end() {
    await this.#lose();
    await this.#connect();
    const client = this.#client;
    await idle(client);
    await checkLog(client, this.#edits);
    const file = await exported(this.#server, this.#token);
    callsAgree(file);
    this.#checkConversation(file);
    await this.#hangUp();
    for (const reason of this.#edits.rejections) {
      if (!REJECTIONS.some((expected) => expected.test(reason))) this.problems.push(reason);
    }
    assert.deepEqual(this.problems, []);
    await this.#wire.stop();
  }

  /** Each message is there once, with the answer that its request had. */
  #checkConversation({ events, messages }) {
    const all = messages.map(({ message }) => message);
    assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
    const titles = events.filter(({ type }) => type === "BLOCK_SCHEDULED").map(({ payload }) => payload.block.title);
    for (const [id, { message, kind, name, outcome }] of this.#requests) {
      const at = all.findIndex((one) => one.id === message.id);
      assert.ok(at >= 0, `the message of ${id} was accepted and is gone`);
      if (outcome !== "completed") continue;
      assert.equal(all[at + 1]?.role, "assistant", `${id} was answered`);
      assert.notEqual(all[at + 2]?.role, "assistant", `${id} was answered once`);
      if (kind === "add") assert.deepEqual([0, 1].filter((index) => titles.includes(`Asked ${name} ${index}`)), [0, 1]);
    }
    const mine = new Set([...this.#requests.values()].map(({ message }) => message.id));
    const strange = all.filter(({ id, role }) => role === "user" && !mine.has(id));
    assert.deepEqual(strange, [], "nobody else has written");
  }

  async #connect() {
    // Followers of events are sent what they missed; others, the whole state.
    const query = this.#below(3) > 0 ? { sync: "events", ...(this.#lastSeq > 0 && { after: this.#lastSeq }) } : {};
    this.#client = await greeted(this.#wire, { token: this.#token, query });
    this.figures.connections += 1;
    await this.#resume();
    await this.#send([...this.#edits.open.values()]);
  }

  /** Continues a request whose end was not seen, as the published client does; sends it again if it never arrived. */
  async #resume() {
    const client = this.#client;
    for (const [id, request] of this.#requests) {
      if (request.outcome) continue;
      client.send({ type: "cf_agent_stream_resume_request", probeId: "p" });
      const { type, reason, id: offered } = await client.next(({ probeId }) => probeId === "p");
      if (type === "cf_agent_stream_resuming") assert.equal(offered, id);
      else assert.deepEqual([type, reason], ["cf_agent_stream_resume_none", "idle"]);
      const kept = await client.call("getMessages");
      if (kept.some((message) => message.id === request.message.id)) client.send({ type: "cf_agent_stream_resume_ack", id });
      else client.ask("", { id, messages: [request.message] });
      this.#ended(request, await client.answer(id, ANSWER_MS));
    }
  }

  /** Notes what must be true of everything that came over a connection that has ended. */
  #note() {
    for (const frame of this.#client.frames) {
      if (frame.type === "flux_snapshot") this.#lastSeq = frame.seq;
      if (frame.type === "flux_events") this.#lastSeq = frame.events.at(-1)?.seq ?? this.#lastSeq;
      if (frame.type === "flux_error" || (frame.type === "cf_agent_use_chat_response" && frame.error)) {
        this.problems.push(JSON.stringify(frame));
      }
      if (frame.type === "rpc") this.#edits.answered(frame);
    }
    const finals = this.#client.frames.filter(({ type, done }) => type === "cf_agent_use_chat_response" && done);
    const ids = finals.map(({ id }) => id);
    if (new Set(ids).size < ids.length) this.problems.push(`a request has ended twice: ${ids}`);
  }

  async #hangUp() {
    await this.#client.close();
    this.#note();
  }

  /** The connection breaks. */
  async #lose() {
    this.#wire.cut();
    await this.#client.closed;
    this.figures.cuts += 1;
    this.#note();
  }

  /** Sends edits and waits for the answers. */
  async #send(frames) {
    const client = this.#client;
    await Promise.all(frames.map(async (frame) => {
      const begun = performance.now();
      client.send(frame);
      this.#edits.answered(await client.find(({ type, id }) => type === "rpc" && id === frame.id));
      this.figures.editMs.push(performance.now() - begun);
      this.figures.edits += 1;
    }));
  }

  #burst() {
    return Array.from({ length: 1 + this.#below(BURST) }, () => this.#edits.next());
  }

  #edit() {
    return this.#send(this.#burst());
  }

  async #editAndLose() {
    for (const frame of this.#burst()) this.#client.send(frame);
    await pause(this.#below(12));
    await this.#lose();
    await this.#connect();
  }

  /** Sends a message. Returns the request's id. */
  #ask(kind) {
    const name = `${this.#name}.${this.#requests.size}`;
    const message = userMessage(`${kind} ${name}`);
    const id = this.#client.ask("", { messages: [message] });
    this.#requests.set(id, { message, kind, name });
    return id;
  }

  async #chat() {
    const begun = performance.now();
    const id = this.#ask(this.#below(2) > 0 ? "add" : "tell");
    const turn = await this.#client.answer(id, ANSWER_MS);
    this.figures.turnMs.push(performance.now() - begun);
    this.#ended(this.#requests.get(id), turn);
    assert.equal(turn.final.outcome, "completed");
  }

  #ended(request, { final, finals, seqs }) {
    assert.equal(finals.length, 1);
    assert.deepEqual(seqs, seqs.map((_, index) => index), "every chunk comes once, in order");
    // A replay says only how a stream ended if it did not end well.
    request.outcome = final.outcome ?? "completed";
    this.figures.turns += 1;
  }

  async #chatAndLose() {
    this.#ask(this.#below(2) > 0 ? "add" : "tell");
    await pause(this.#below(150));
    await this.#lose();
    await pause(this.#below(200));
    await this.#connect();
  }

  async #stop() {
    const client = this.#client;
    const id = this.#ask("tell");
    if (this.#below(2) > 0) await client.next((frame) => isResponse(frame, id) && hasChunk(frame, "text-delta"));
    client.send({ type: "cf_agent_chat_request_cancel", id });
    this.#ended(this.#requests.get(id), await client.answer(id, ANSWER_MS));
    this.figures.stopped += 1;
  }

  async #look() {
    const { timeline } = await this.#client.call("getTimeline");
    this.#edits.sees(timeline.blocks);
  }

  async #leave() {
    await this.#hangUp();
    await pause(this.#below(300));
    await this.#connect();
  }

  async #copy() {
    const client = this.#client;
    await agreesElsewhere(this.#server, client, await exported(this.#server, this.#token));
    this.figures.copies += 1;
  }
}
