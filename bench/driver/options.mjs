// The arguments of the driver.

import { parseArgs } from "node:util";

/** The scenarios in the order in which they run. */
export const SCENARIOS = [
  "edit", "pipelined", "turns", "crowd", "first-visit", "resume", "prompt", "rows", "memory", "import", "past", "architect",
];
export const STANDARD_SIZES = [0, 100, 1_000, 10_000, 99_000];

const KINDS = ["floor", "peer", "flux"];

/**
 * Reads the arguments.
 *
 * - `--target name=kind:folder`, once for each target; a kind is floor, peer or flux, and the first target is the base of ratios
 * - `--only a,b`: scenarios; `--sizes 0,1000`: blocks of the timelines of edit; `--reps 3`: rounds
 * - `--out folder`: where results.json and results.html are written; `--data folder`: where databases lie
 *
 * Throws an error that names the argument that does not fit.
 */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      target: { type: "string", multiple: true, default: [] },
      only: { type: "string" },
      sizes: { type: "string" },
      reps: { type: "string", default: "3" },
      out: { type: "string", default: "bench/results" },
      data: { type: "string" },
    },
  });
  const only = values.only?.split(",") ?? SCENARIOS;
  const unknown = only.filter((name) => !SCENARIOS.includes(name));
  if (unknown.length > 0) throw new Error(`there is no scenario ${unknown.join(", ")}; there are ${SCENARIOS.join(", ")}`);
  const sizes = values.sizes?.split(",").map((size) => whole("--sizes", size, 0, 99_000)) ?? STANDARD_SIZES;
  const targets = values.target.map(target);
  if (targets.length === 0) throw new Error("name at least one --target name=kind:folder");
  const names = targets.map(({ name }) => name);
  if (new Set(names).size < names.length) throw new Error(`two targets have the same name: ${names.join(", ")}`);
  return { targets, only, sizes, reps: whole("--reps", values.reps, 1, 100), out: values.out, data: values.data };
}

function target(text) {
  const [, name, kind, folder] = /^([^=]+)=([a-z]+):(.+)$/.exec(text) ?? [];
  if (!KINDS.includes(kind)) throw new Error(`--target ${text} is not name=kind:folder with one of the kinds ${KINDS.join(", ")}`);
  return { name, kind, folder };
}

function whole(option, text, least, most) {
  const number = Number(text);
  if (text === "" || !Number.isInteger(number) || number < least || number > most) {
    throw new Error(`${option} takes whole numbers from ${least} to ${most}, not “${text}”`);
  }
  return number;
}
