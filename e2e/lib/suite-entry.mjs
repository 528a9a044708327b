// The Worker with the test suites, and their Workflow class, which must be JavaScript. Replaces agent/entry.mjs and is run in its
// folder.

import { architect } from "./architect.mjs";
import { ArchitectRun, WorkflowCases } from "./build/index.js";

export * from "./build/index.js";
export { default } from "./build/index.js";
export const Architect = architect(ArchitectRun);
export const WorkflowSuite = architect(WorkflowCases);
