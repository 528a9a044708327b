// What workerd loads on a developer's computer: as in entry.mjs, with the interpreter that answers without a model.
import { architect } from "./architect.mjs";
import { ArchitectRun } from "./build-local/index.js";

export * from "./build-local/index.js";
export { default } from "./build-local/index.js";
export const Architect = architect(ArchitectRun);
