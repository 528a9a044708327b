// Accessibility as far as a program can tell: axe, on what a tab shows.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../lib/server.mjs";
import { fits, picture } from "./page.mjs";

const AXE = await readFile(join(ROOT, "node_modules/axe-core/axe.min.js"), "utf8");
export const SIZES = { desktop: { width: 1440, height: 900 }, tablet: { width: 1024, height: 768 }, phone: { width: 390, height: 844 } };

/**
 * Runs axe on what is shown, at each size and in light and dark, and keeps screenshots, which begin with the element `from` if one is
 * given. Returns what is seriously wrong.
 */
export async function look(tab, name, from) {
  const found = [];
  for (const [size, viewport] of Object.entries(SIZES)) {
    await tab.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"]) {
      await tab.emulateMedia({ colorScheme });
      await from?.evaluate((element) => element.scrollIntoView());
      await picture(tab, `view-${name}-${size}-${colorScheme}.png`);
      // A tablet is a narrow desktop, and only colours differ between light and dark.
      if (size === "tablet" || (size === "phone" && colorScheme === "dark")) continue;
      const rules = colorScheme === "dark" ? ["color-contrast"] : null;
      found.push(...(await violations(tab, rules)).map((violation) => `${name}, ${size}, ${colorScheme}: ${violation}`));
    }
    await fits(tab);
  }
  await tab.setViewportSize(SIZES.desktop);
  await tab.emulateMedia({ colorScheme: "light" });
  return found;
}

export async function violations(tab, rules) {
  if (!(await tab.evaluate(() => "axe" in window))) await tab.evaluate(AXE);
  return tab.evaluate(async (rules) => {
    // The accessible name of a block in the week has its title, day and time; its visible text leaves out the day.
    const off = { "label-content-name-mismatch": { enabled: false } };
    const options = { resultTypes: ["violations"], rules: off, ...(rules && { runOnly: { type: "rule", values: rules } }) };
    const { violations } = await window.axe.run(document, options);
    const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    const why = ({ html, any, all, none }) => `${html.slice(0, 160)} (${[...any, ...all, ...none].map(({ message }) => message).join("; ")})`;
    return grave.map(({ id, nodes }) => `${id}: ${nodes.map(why).join(" | ")}`);
  }, rules);
}
