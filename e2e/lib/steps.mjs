// Holds a run of the architect between its workflow and its person's object: the test's side of e2e/lib/holding-entry.mjs.

import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { within } from "./until.mjs";

/** How long a run may take to reach the point where it is held, on a busy machine. */
const REACH_LIMIT_MS = 30_000;

/** Starts the server. Returns `{ url, hold(when, words), reset(), stop() }`. */
export async function startSteps() {
  const steps = new Steps();
  await steps.listen();
  return steps;
}

class Steps {
  #holds = [];
  #server = createServer((request, response) => this.#handle(request, response));

  async listen() {
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
  }

  /**
   * Holds the next request of this kind (`begin check`, `keep`, `place`, `commit`, `report` …), `"before"` the object gets it or
   * `"after"`. `await reached()` waits until a run is held there, and `open()` lets it continue.
   */
  hold(when, words) {
    let open, reach;
    const opened = new Promise((resolve) => (open = resolve));
    const arrived = new Promise((resolve) => (reach = resolve));
    this.#holds.push({ when, words, opened, reach });
    return { open, reached: () => within(arrived, REACH_LIMIT_MS, () => `a run ${when} “${words}”`) };
  }

  /** Releases every held run, and holds nothing any more. */
  reset() {
    this.#holds = [];
    this.#server.closeAllConnections();
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(request, response) {
    const words = wordsOf(await json(request));
    const index = this.#holds.findIndex((hold) => `/${hold.when}` === request.url && hold.words === words);
    const [hold] = index < 0 ? [] : this.#holds.splice(index, 1);
    hold?.reach();
    await hold?.opened;
    response.end();
  }
}

/** A request of a workflow, in a word or two. */
function wordsOf(said) {
  if (typeof said === "string") return said;
  const [[word, what]] = Object.entries(said);
  return typeof what === "string" ? `${word} ${what}` : word;
}
