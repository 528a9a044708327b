// Runs before the page is drawn, and before the program is there: the theme that this browser was told, so that nothing
// flashes; and what is shown when the program ends in a way that it cannot tell of itself.
try {
  const [theme, motion, split] = (localStorage.getItem("flux.preferences") ?? "").split(" ");
  if (theme) document.documentElement.dataset.theme = theme;
  if (motion) document.documentElement.dataset.motion = motion;
  if (Number(split) > 0) document.documentElement.style.setProperty("--split", `${split}%`);
} catch {
  // A browser that keeps nothing shows the page as the system says.
}

const fail = ({ error, reason }) => {
  const cause = error ?? reason;
  const note = document.getElementById("failure");
  const isFatal = cause instanceof WebAssembly.RuntimeError || cause instanceof WebAssembly.CompileError;
  if (note && isFatal) note.hidden = false;
  // Nothing else fails while the page is the static one: the program could not be loaded.
  else document.querySelector("#main .slow")?.style.setProperty("visibility", "visible");
};
addEventListener("error", fail);
addEventListener("unhandledrejection", fail);
