// What workerd loads: the Worker, its Durable Object and its Workflow, as worker-build has wrapped them.
export * from "./build/index.js";
export { default } from "./build/index.js";
export { Architect } from "./architect.mjs";
