// The unchanged Worker, but a request with the header `x-sql` runs that statement on the person's database, and then the object
// is made anew. Replaces agent/entry.mjs and is run in its folder.

import { architect } from "./architect.mjs";
import { ArchitectRun, Chat as Built } from "./build/index.js";

export * from "./build/index.js";
export { default } from "./build/index.js";
export const Architect = architect(ArchitectRun);

export const Chat = new Proxy(Built, {
  construct(target, args, newTarget) {
    const [{ storage }] = args;
    const object = Reflect.construct(target, args, newTarget);
    return new Proxy(object, {
      get(target, name) {
        const own = Reflect.get(target, name);
        if (typeof own !== "function") return own;
        if (name !== "fetch") return own.bind(target);
        return async (request) => {
          const statement = request.headers.get("x-sql");
          if (statement === null) return own.call(target, request);
          storage.sql.exec(statement);
          if (request.headers.has("x-again")) {
            // An abort drops what is not on the disk yet.
            await storage.sync();
            args[0].abort("made anew");
          }
          return new Response("done");
        };
      },
    });
  },
});
