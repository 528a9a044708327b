// The connection between a person's pages and the service, which a test can hold up or cut.

/** Controls the connections of pages that the person opens from now on: `hold()`, `release()`, `cut()` and `restore()`. */
export async function startLine(person) {
  const line = new Line();
  await person.routeWebSocket(/\/agents\/chat\//, (page) => line.connect(page));
  return line;
}

class Line {
  #isCut = false;
  #held;
  #pages = new Set();

  connect(page) {
    if (this.#isCut) return void page.close({ code: 1001 });
    const service = page.connectToServer();
    this.#pages.add(page);
    page.onMessage((frame) => {
      if (this.#held) this.#held.push({ frame, service });
      else service.send(frame);
    });
    page.onClose((code) => {
      this.#pages.delete(page);
      // A page may not send the codes that are reserved for the socket itself.
      service.close({ code: code >= 3000 ? code : 1000 });
    });
  }

  /** Holds back what pages send, until `release`. */
  hold() {
    this.#held ??= [];
  }

  /** Sends what was held back, and returns it. */
  release() {
    const held = this.#held ?? [];
    this.#held = undefined;
    held.forEach(({ frame, service }) => service.send(frame));
    return held.map(({ frame }) => frame);
  }

  /** Closes all connections and refuses new ones. What was held back is lost. */
  async cut() {
    this.#isCut = true;
    this.#held = undefined;
    await Promise.all([...this.#pages].map((page) => page.close({ code: 1001 })));
    this.#pages.clear();
  }

  /** Accepts connections again. */
  restore() {
    this.#isCut = false;
  }
}
