// The unchanged Worker with a dataset of Analytics Engine that writes data points to the log: the one of the local runtime drops them.
// Replaces agent/entry.mjs and is run in its folder.

import { architect } from "./architect.mjs";
import Built, { ArchitectRun } from "./build/index.js";

export * from "./build/index.js";
export const Architect = architect(ArchitectRun);

const METRICS_DATASET = { writeDataPoint: (point) => console.log(`data point: ${JSON.stringify(point)}`) };

export default class extends Built {
  constructor(context, env) {
    super(context, { ...env, METRICS_DATASET });
  }
}
