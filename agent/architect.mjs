// The Workflow class, which only JavaScript can derive from the platform's; Rust does the work.
import { WorkflowEntrypoint } from "cloudflare:workers";

/** The class, for the Worker that has this `ArchitectRun`. */
export const architect = (ArchitectRun) =>
  class Architect extends WorkflowEntrypoint {
    run(event, step) {
      return new ArchitectRun(this.env).run(event, step);
    }
  };
