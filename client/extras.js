// Loads what the first picture does not need: the other side of client/src/extras/split.rs, which calls `load`. The build
// (xtask/bindings) has moved that into a module of its own; the two share everything that the first one exports.
import { initSync } from "./app.js";
let loading;
async function loadRest() {
  const first = initSync();
  const imports = { env: { memory: first.memory }, __wasm_split: { ...first } };
  await WebAssembly.instantiateStreaming(fetch(new URL("extras.wasm", import.meta.url)), imports);
}
export function load(loaded, sender) {
  loading ??= loadRest();
  const tell = (isThere) => initSync().__indirect_function_table.get(loaded)(sender, isThere);
  loading.then(() => tell(true), (error) => {
    console.error("flux: a part of the page could not be loaded", error);
    loading = undefined;
    tell(false);
  });
}
