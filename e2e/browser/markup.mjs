// Texts that would run or load something if they became markup, and how to tell whether one did.

/** Each sets `window.ran` or asks `http://evil.example` for something. */
export const PAYLOADS = [
  "<script>window.ran = 'script'</script>",
  "<img src=x onerror=\"window.ran='img'\">",
  "text <svg onload=\"window.ran='svg'\"><circle/></svg> text",
  "<iframe srcdoc=\"<script>parent.ran='iframe'</script>\"></iframe>",
  "<details open ontoggle=\"window.ran='details'\"><summary>x</summary></details>",
  "<style>@import 'http://evil.example/style'; * { background: url(http://evil.example/css) }</style>",
  "<object data=\"javascript:window.ran='object'\"></object><embed src=\"http://evil.example/embed\">",
  "<form action=\"http://evil.example\"><button autofocus onfocus=\"window.ran='form'\">x</button></form>",
  "[click](javascript:window.ran='link')",
  "[click](JaVaScRiPt:window.ran='case')",
  "[click](&#106;avascript:window.ran='entity') [click](java&#10;script:window.ran='newline')",
  "[click](data:text/html,<script>parent.ran='data'</script>) [click](vbscript:x)",
  "<javascript:window.ran='autolink'>",
  "[ref]\n\n[ref]: javascript:window.ran='reference'",
  "![pixel](http://evil.example/pixel.gif) ![x](x\"onerror=\"window.ran='alt')",
  "[x](https://example.com/\"onmouseover=\"window.ran='attribute')",
  "`<img src=x onerror=\"window.ran='code'\">`\n\n```html\n<script>window.ran = 'fence'</script>\n```",
  "<a href=\"javascript:window.ran='anchor'\">click</a> <math><mi xlink:href=\"javascript:window.ran='math'\">x</mi></math>",
  "<scr<script>ipt>window.ran = 'nested'</scr</script>ipt>",
  "\u0000<script\u0000>window.ran = 'nul'</script>",
];

/** Notes what the tab asks of anyone but its own server. */
export function watch(tab) {
  const own = new URL(tab.url()).host;
  const strangers = [];
  tab.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (host !== own && protocol !== "data:") strangers.push(request.url());
  });
  tab.on("dialog", (dialog) => {
    strangers.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  return strangers;
}

/** What ran, what was loaded, and what could still do so, in words; nothing where all is well. */
export async function ranOrLoaded(tab, strangers) {
  const found = await tab.evaluate(async () => {
    const found = [];
    const inside = document.querySelector("[role=log]").querySelectorAll("*");
    const own = new Set(["svg", "path", "circle", "button", "details", "summary"]);
    const plain = new Set(["div", "p", "span", "article", "footer", "a", "code", "pre", "ul", "ol", "li", "em", "strong", "s",
      "h4", "h5", "h6", "blockquote", "hr", "br", "table", "thead", "tbody", "tr", "td", "dl", "dt", "dd", "i"]);
    for (const element of inside) {
      const name = element.localName;
      const isOwn = own.has(name) && (element.closest(".icon, .offline, .tool, .failure") || element.matches("button"));
      if (!plain.has(name) && !isOwn) found.push(`<${name}>`);
      for (const { name: attribute, value } of element.attributes) {
        if (attribute.startsWith("on") || attribute === "srcdoc" || attribute === "style") found.push(`${attribute}=${value}`);
      }
      if (name === "a" && !/^(https?|mailto):/.test(element.href)) found.push(element.href);
    }
    // What an error or a load handler does, it does in a later task.
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    if (window.ran) found.push(`ran: ${window.ran}`);
    return found;
  });
  return [...found, ...strangers];
}
