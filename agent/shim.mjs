// Stands between workerd and the Worker's bindings, so that a panic does not end the Worker for good. A Rust program cannot go
// on after a panic: before the next call the program is started again, and so is each object that it held.
//
// This follows src/js/shim.js of worker-build 0.8.7 (Apache-2.0), with the one handler that we have. That file wraps each
// object, and each method each time that it is read, in a Proxy. Here the wrapper is a class, which costs a call much less. The
// file belongs to the `worker` crate, so compare the two when that is updated. The build puts this file beside the bindings
// (`index.js`) and adds an export for each of their classes (`xtask/src/build/worker.rs`).

import { WorkerEntrypoint } from "cloudflare:workers";
import * as exports from "./index.js";

Error.stackTraceLimit = 100;
const initState = exports.__worker_init_state();

function checkReinitialize() {
  if (initState.criticalError) {
    console.log("Reinitializing Wasm application");
    exports.__wbg_reset_state();
    initState.criticalError = false;
    initState.instanceId++;
  }
}

addEventListener("error", (event) => {
  handleMaybeCritical(event.error);
});

function handleMaybeCritical(error) {
  if (error instanceof WebAssembly.RuntimeError) {
    console.error("Critical", error);
    initState.criticalError = true;
  }
}

/** A class of the bindings whose objects are made again after the program was started again. */
function restartable(Bound) {
  class Restartable {
    #arguments;
    #object;
    #instanceId;

    constructor(...args) {
      this.#arguments = args;
      try {
        checkReinitialize();
        this.#make();
      } catch (error) {
        initState.criticalError = true;
        throw error;
      }
    }

    #make() {
      this.#object = new Bound(...this.#arguments);
      this.#instanceId = initState.instanceId;
    }

    /** Gives each method of the class a wrapper, once. */
    static {
      for (const [name, { value: method }] of Object.entries(Object.getOwnPropertyDescriptors(Bound.prototype))) {
        if (name === "constructor" || typeof method !== "function") continue;
        this.prototype[name] = function (...args) {
          checkReinitialize();
          try {
            if (this.#instanceId !== initState.instanceId) this.#make();
            return method.apply(this.#object, args);
          } catch (error) {
            handleMaybeCritical(error);
            throw error;
          }
        };
      }
    }
  }
  return Restartable;
}

export default class extends WorkerEntrypoint {
  fetch(request) {
    checkReinitialize();
    try {
      return exports.fetch.call(this, request, this.env, this.ctx);
    } catch (error) {
      handleMaybeCritical(error);
      throw error;
    }
  }
}
