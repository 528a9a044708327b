// The Worker as it is, but for a line in the log whenever the runtime makes an object: for the first request, and for
// each waking after it was put to sleep. Takes the place of agent/entry.mjs, in whose folder it is run.

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
