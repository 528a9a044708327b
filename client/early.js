// Runs before the page is rendered and before the program is loaded. Applies this browser's theme, so that the page does
// not flash, and shows a note when the program crashes in a way that it cannot report itself.
try {
  const [theme, motion, split] = (localStorage.getItem("flux.preferences") ?? "").split(" ");
  if (theme) document.documentElement.dataset.theme = theme;
  if (motion) document.documentElement.dataset.motion = motion;
  if (Number(split) > 0) document.documentElement.style.setProperty("--split", `${split}%`);
} catch {
  // Without storage, the page follows the settings of the system.
}

const fail = ({ error, reason }) => {
  const cause = error ?? reason;
  const note = document.getElementById("failure");
  const isFatal = cause instanceof WebAssembly.RuntimeError || cause instanceof WebAssembly.CompileError;
  if (note && isFatal) note.hidden = false;
  // While the static page is shown, the only other cause is that the program could not be loaded.
  else document.querySelector("#main .slow")?.style.setProperty("visibility", "visible");
};
addEventListener("error", fail);
addEventListener("unhandledrejection", fail);
