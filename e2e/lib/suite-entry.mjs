// The Worker with the test-suites, and the Workflow of theirs that only JavaScript can derive. Takes the place of
// agent/entry.mjs, in whose folder it is run.

import { architect } from "./architect.mjs";
import { ArchitectRun, WorkflowCases } from "./build/index.js";

export * from "./build/index.js";
export { default } from "./build/index.js";
export const Architect = architect(ArchitectRun);
export const WorkflowSuite = architect(WorkflowCases);
