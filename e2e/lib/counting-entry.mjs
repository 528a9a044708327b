// The unchanged Worker, plus a line in the log whenever the runtime creates an object: at the first request and after each
// eviction. Replaces agent/entry.mjs and is run in its folder.

import { architect } from "./architect.mjs";
import { ArchitectRun, Chat as Built } from "./build/index.js";

export * from "./build/index.js";
export { default } from "./build/index.js";
export const Architect = architect(ArchitectRun);

export const Chat = new Proxy(Built, {
  construct(target, args, newTarget) {
    console.log(`object made: ${args[0].id.name ?? args[0].id}`);
    return Reflect.construct(target, args, newTarget);
  },
});
