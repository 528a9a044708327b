// The line between a person's pages and the service, which a test can hold up or cut.

/** Puts it into the pages that the person opens from now on. Gives `{ hold(), release(), cut(), mend() }`. */
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
      // A page may not give the codes that sockets close with by themselves.
      service.close({ code: code >= 3000 ? code : 1000 });
    });
  }

  /** What pages say comes to the service only when it is released. */
  hold() {
    this.#held ??= [];
  }

  /** Lets through what was held, and gives it. */
  release() {
    const held = this.#held ?? [];
    this.#held = undefined;
    held.forEach(({ frame, service }) => service.send(frame));
    return held.map(({ frame }) => frame);
  }

  /** Nobody gets through, and those who are connected are no longer; what was held is lost. */
  async cut() {
    this.#isCut = true;
    this.#held = undefined;
    await Promise.all([...this.#pages].map((page) => page.close({ code: 1001 })));
    this.#pages.clear();
  }

  /** Whoever connects from now on gets through. */
  mend() {
    this.#isCut = false;
  }
}
