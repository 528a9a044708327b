// A wire between a client and a server that can be cut: a TCP proxy that breaks connections without a close, as a lost network
// does.

import { connect, createServer } from "node:net";

/** The end of the head of an HTTP response. */
const HEAD_END = "\r\n\r\n";

/**
 * Starts a wire. Returns `{ url, cut(), loseAfter(frames), repair(), stop() }`; the `url` takes the place of the server's.
 *
 * - `cut()` breaks all connections at once, at both ends.
 * - `loseAfter(frames)` breaks the server's end after that many more WebSocket frames. The client gets these and then nothing, even
 *   if the next frame came in the same packet. `cut()` breaks its end, too.
 * - `repair()` makes new connections work again.
 */
export async function startWire(server) {
  const wire = new Wire(server.port);
  await wire.listen();
  return wire;
}

class Wire {
  #links = new Set();
  #left = Infinity;
  #server = createServer((near) => this.#open(near));
  #port;

  constructor(port) {
    this.#port = port;
  }

  async listen() {
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
  }

  cut() {
    for (const sockets of this.#links) {
      // A reset in both directions: neither end gets a close frame, nor what was under way.
      for (const socket of sockets) socket.resetAndDestroy();
    }
    this.#links.clear();
  }

  loseAfter(frames) {
    this.#left = frames;
  }

  repair() {
    this.#left = Infinity;
  }

  stop() {
    this.cut();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  #open(near) {
    const far = connect(this.#port, "127.0.0.1");
    const link = [near, far];
    this.#links.add(link);
    const frames = new Frames();
    near.on("data", (data) => far.write(data));
    far.on("data", (data) => this.#forward(link, frames, data));
    for (const [one, other] of [link, [far, near]]) {
      one.setNoDelay(true);
      // A broken connection is what this is for.
      one.on("error", () => {});
      one.on("end", () => other.end());
    }
    near.on("close", () => far.destroy() && this.#links.delete(link));
    far.on("close", () => this.#left > 0 && near.destroy());
  }

  #forward([near, far], frames, data) {
    for (const { bytes, isFrame } of frames.read(data)) {
      if (this.#left === 0) return;
      near.write(bytes);
      if (isFrame && --this.#left === 0) far.resetAndDestroy();
    }
  }
}

/** Divides what a server sends into the head of its response and WebSocket frames (RFC 6455 §5.2). */
class Frames {
  #rest = Buffer.alloc(0);
  #isUpgraded = false;

  /** Whole pieces, as `{ bytes, isFrame }`. */
  *read(data) {
    this.#rest = Buffer.concat([this.#rest, data]);
    if (!this.#isUpgraded) {
      const end = this.#rest.indexOf(HEAD_END);
      if (end < 0) return;
      this.#isUpgraded = true;
      yield { bytes: this.#take(end + HEAD_END.length), isFrame: false };
    }
    for (;;) {
      const length = frameLength(this.#rest);
      if (length === undefined || this.#rest.length < length) return;
      // Pings, pongs and closes have opcodes from 8 on.
      const isData = (this.#rest[0] & 0x0f) < 8;
      yield { bytes: this.#take(length), isFrame: isData };
    }
  }

  #take(length) {
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }
}

/** The length of the frame at the beginning, with its header; `undefined` if the header is not complete. A server masks nothing. */
function frameLength(bytes) {
  if (bytes.length < 2) return undefined;
  const short = bytes[1] & 0x7f;
  if (short < 126) return 2 + short;
  if (short === 126) return bytes.length < 4 ? undefined : 4 + bytes.readUInt16BE(2);
  return bytes.length < 10 ? undefined : 10 + Number(bytes.readBigUInt64BE(2));
}
