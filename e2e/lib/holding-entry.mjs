// The Worker, but each request of a workflow to its person's object waits for the test, before the object gets it and before the
// reply is returned. The test's side is e2e/lib/steps.mjs. Replaces agent/entry.mjs and is run in its folder.

import { architect } from "./architect.mjs";
import { ArchitectRun, Chat as Built } from "./build/index.js";

export * from "./build/index.js";
export { default } from "./build/index.js";
export const Architect = architect(ArchitectRun);

export const Chat = new Proxy(Built, {
  construct(target, args, newTarget) {
    const [, { STEPS_URL }] = args;
    return new Proxy(Reflect.construct(target, args, newTarget), {
      get(object, name) {
        const value = Reflect.get(object, name);
        if (typeof value !== "function") return value;
        return name === "fetch" ? (request) => hold(object, request, STEPS_URL) : value.bind(object);
      },
    });
  },
});

async function hold(object, request, url) {
  if (!new URL(request.url).pathname.startsWith("/runs/")) return object.fetch(request);
  const body = await request.clone().text();
  await fetch(`${url}/before`, { method: "POST", body });
  const reply = await object.fetch(request);
  await fetch(`${url}/after`, { method: "POST", body });
  return reply;
}
