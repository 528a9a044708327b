// Reads the body of a model's answer for Rust (`body.rs`). A call of Rust for each piece would cost more than the piece, so pieces
// that arrive shortly after each other are handed over together.

/** The number of pieces that are handed over without waiting. It is two, because the first one of some servers has no text yet. */
const AT_ONCE = 2;
/** The number of bytes that are handed over without waiting for more. */
const MOST_BYTES = 65_536;

/**
 * Reads `stream` and calls `take(bytes)` with what has arrived: the first pieces at once, then no more often than every `gather` ms,
 * and the rest as soon as the stream ends. The last call is `take(undefined, error)`; there is no error if the stream is complete.
 */
export class Reading {
  #reader;
  #gather;
  #take;
  #pieces = [];
  #bytes = 0;
  #handed = 0;
  #handedAt = 0;
  #timer;
  #isOver = false;
  #arrived = (result) => this.#arrive(result);
  #failed = (error) => this.#end(error?.message ?? String(error));

  constructor(stream, gather, take) {
    this.#reader = stream.getReader();
    this.#gather = gather;
    this.#take = take;
    this.#next();
  }

  /** Ends the reading, and tells the sender so. Nothing more is handed over. */
  stop() {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#reader.cancel().catch(() => {});
  }

  #next() {
    this.#reader.read().then(this.#arrived, this.#failed);
  }

  #arrive({ done, value }) {
    if (this.#isOver) return;
    if (done) return this.#end();
    this.#pieces.push(value);
    this.#bytes += value.length;
    const since = Date.now() - this.#handedAt;
    if (this.#handed < AT_ONCE || this.#bytes >= MOST_BYTES || since < 0 || since >= this.#gather) this.#hand();
    else this.#timer ??= setTimeout(() => this.#hand(), this.#gather - since);
    if (!this.#isOver) this.#next();
  }

  #end(error) {
    if (this.#isOver) return;
    if (this.#bytes > 0) this.#hand();
    this.#isOver = true;
    this.#take(undefined, error);
  }

  #hand() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const bytes = this.#pieces.length === 1 ? this.#pieces[0] : joined(this.#pieces, this.#bytes);
    this.#pieces = [];
    this.#bytes = 0;
    this.#handed += 1;
    this.#handedAt = Date.now();
    try {
      this.#take(bytes);
    } catch (error) {
      // The Rust program has ended, and nobody waits for the rest. The shim learns of it as of errors elsewhere.
      this.stop();
      reportError(error);
    }
  }
}

function joined(pieces, length) {
  const whole = new Uint8Array(length);
  let end = 0;
  for (const piece of pieces) {
    whole.set(piece, end);
    end += piece.length;
  }
  return whole;
}
