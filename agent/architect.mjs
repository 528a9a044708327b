// The Workflow class, which only JavaScript can derive from the platform's; Rust does the work.
import { WorkflowEntrypoint } from "cloudflare:workers";
import { ArchitectRun } from "./build/index.js";

export class Architect extends WorkflowEntrypoint {
  run(event, step) {
    return new ArchitectRun(this.env).run(event, step);
  }
}
