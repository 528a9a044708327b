// Loads the code and the styles that the first render does not need. client/src/extras/split.rs calls `load`. The build
// (xtask/bindings) has moved that code into a second module; the two share everything that the first one exports.
import { initSync } from "./app.js";
let loading;
let styles;
// Nothing that needs these styles is drawn before they are there.
function loadStyles() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("extras.css", import.meta.url);
  return new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => {
      link.remove();
      styles = undefined;
      reject(new Error("the style sheet could not be loaded"));
    };
    document.head.append(link);
  });
}
async function loadRest() {
  const first = initSync();
  const imports = { env: { memory: first.memory }, __wasm_split: { ...first } };
  const module = WebAssembly.compileStreaming(fetch(new URL("extras.wasm", import.meta.url)));
  styles ??= loadStyles();
  const [compiled] = await Promise.all([module, styles]);
  await WebAssembly.instantiate(compiled, imports);
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
