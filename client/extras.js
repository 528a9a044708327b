// Loads the code that the first render does not need. client/src/extras/split.rs calls `load`. The build (xtask/bindings)
// has moved that code into a second module; the two share everything that the first one exports.
import { initSync } from "./app.js";
let loading;
async function loadRest() {
  const first = initSync();
  const imports = { env: { memory: first.memory }, __wasm_split: { ...first } };
  await WebAssembly.instantiateStreaming(fetch(new URL("extras.wasm", import.meta.url)), imports);
}
export function load(loaded, sender) {
  loading ??= loadRest();
  const report = (isThere) => initSync().__indirect_function_table.get(loaded)(sender, isThere);
  loading.then(() => report(true), (error) => {
    console.error("flux: a part of the page could not be loaded", error);
    loading = undefined;
    report(false);
  });
}
