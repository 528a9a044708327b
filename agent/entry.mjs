// What workerd loads: the Worker, its Durable Object and its Workflow, as worker-build has wrapped them.
import { architect } from "./architect.mjs";
import { ArchitectRun } from "./build/index.js";

export * from "./build/index.js";
export { default } from "./build/index.js";
export const Architect = architect(ArchitectRun);
