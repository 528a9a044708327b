// Measures the targets side by side. Each round has fresh processes; its scenarios are run for one target after the other, and the
// order of the targets changes from one scenario and round to the next.

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundle, host } from "./host.mjs";
import { startModel } from "./model.mjs";
import { readOptions } from "./options.mjs";
import { cpuMs, machineMs } from "./process.mjs";
import { Session } from "./session.mjs";
import { block } from "./blocks.mjs";
import { page } from "./report/page.mjs";
import { summary } from "./report/summary.mjs";
import { table } from "./report/table.mjs";
import { edit, pipelined } from "./scenarios/edit.mjs";
import { architect, firstVisit, importing, memory, past } from "./scenarios/objects.mjs";
import { rows } from "./scenarios/rows.mjs";
import { crowd, prompt, resume, turns } from "./scenarios/turns.mjs";
import { sleep } from "./stats.mjs";

const RUN = {
  edit, pipelined, turns, crowd, "first-visit": firstVisit, resume, prompt, rows, memory, import: importing, past, architect,
};
/** Scenarios that need a process of their own. */
const ALONE = ["rows", "memory", "past"];
/** Results that are the same every time are measured once. */
const ONCE = ["rows", "prompt", "past", "architect"];

const log = (text) => console.error(`${new Date().toISOString().slice(11, 19)}  ${text}`);

async function main() {
  const options = readOptions(process.argv.slice(2));
  const model = await startModel();
  const results = {
    began: new Date().toISOString(), node: process.version, rounds: options.reps, sizes: options.sizes,
    targets: [], measurements: [], failures: [], disturbance: [],
  };
  try {
    const targets = [];
    for (const target of options.targets) targets.push(await bundle(target));
    results.targets = targets.map(({ name, kind, gzipped }) => ({ name, kind, gzipped }));
    for (let round = 0; round < options.reps; round++) await measureRound({ round, targets, model, options, results });
  } finally {
    await model.stop();
  }
  results.ended = new Date().toISOString();
  const rows = summary(results);
  await mkdir(options.out, { recursive: true });
  await writeFile(join(options.out, "results.json"), JSON.stringify(results, null, 1));
  await writeFile(join(options.out, "results.html"), page(results, rows));
  console.log(table(results, rows));
  console.log(`\n${join(options.out, "results.html")}`);
}

async function measureRound({ round, targets, model, options, results }) {
  const settings = { modelUrl: model.url, data: options.data };
  const names = options.only.filter((name) => round === 0 || !ONCE.includes(name));
  const shared = names.filter((name) => !ALONE.includes(name));
  const hosted = new Map();
  try {
    if (shared.length > 0) {
      for (const target of targets) hosted.set(target, await host(target, settings));
      for (const target of hosted.values()) await warmUp(target);
    }
    for (const [index, name] of names.entries()) {
      for (const target of (round + index) % 2 === 0 ? targets : targets.toReversed()) {
        if (hasFailed(results, name, target)) continue;
        const own = ALONE.includes(name) ? await host(target, { ...settings, counting: name === "rows" }) : undefined;
        await measure({ round, name, target: own ?? hosted.get(target), all: [...hosted.values()], model, options, results });
        await own?.stop();
      }
    }
  } finally {
    for (const target of hosted.values()) await target.stop();
  }
}

/** A target that cannot do something is not asked again. */
const hasFailed = ({ failures }, scenario, { name }) =>
  failures.some((failure) => failure.scenario === scenario && failure.target === name);

async function measure({ round, name, target, all, model, options, results }) {
  const ours = new Set([target, ...all]);
  const others = () => machineMs() - cpuMs(process.pid) - [...ours].reduce((sum, { pid }) => sum + cpuMs(pid), 0);
  const [began, before] = [performance.now(), others()];
  const failed = (what, error) => fail(results, `${name}, ${what}`, target, error);
  const context = { sizes: options.sizes, model, quick: options.reps === 1, failed };
  try {
    for (const measured of await RUN[name](target, context)) {
      results.measurements.push({ round, scenario: name, target: target.name, ...measured });
    }
  } catch (error) {
    fail(results, name, target, error);
  }
  const seconds = (performance.now() - began) / 1_000;
  const cores = Math.max(0, others() - before) / 1_000 / seconds;
  results.disturbance.push({ round, scenario: name, target: target.name, seconds, cores });
  log(`round ${round + 1}, ${name}, ${target.name}: ${seconds.toFixed(1)} s, other programs used ${cores.toFixed(2)} cores`);
  await sleep(200);
}

function fail(results, scenario, { name }, error) {
  log(`${scenario}, ${name}: ${error.stack}`);
  results.failures.push({ scenario, target: name, message: error.message });
}

/**
 * Compiles what is measured and prepares its statements, and checks that the target does what it is measured for.
 *
 * Throws an error if it does not.
 */
async function warmUp(target) {
  const session = await Session.open(target, "warm-up");
  const other = await Session.open(target, "warm-up");
  for (let at = 0; at < 150; at++) {
    const { id } = (await session.edit("schedule", block(at))).result;
    const { title } = (await session.edit("update", id, { title: `Title ${at}` })).result;
    assert.equal(title, `Title ${at}`);
    assert.equal((await session.edit("remove", id)).result, true);
  }
  const { bytes } = other;
  await session.edit("schedule", block(0));
  await sleep(500);
  assert.ok(other.bytes > bytes, "the other tab hears of an edit");
  const words = (count) => Array.from({ length: count }, (_, at) => `word${at}`).join(" ");
  for (let at = 0; at < 4; at++) assert.equal(textOf(await session.chat("Hello tokens=200")), words(200));
  for (let at = 0; at < 4; at++) {
    const answer = await session.chat("Please schedule a workout");
    assert.equal(textOf(answer), words(12));
    assert.match(JSON.stringify(answer.parts.find(({ output }) => output)), /Scheduled .*Workout/);
  }
  await Promise.all([session.close(), other.close()]);
}

const textOf = ({ parts }) => parts.filter(({ type }) => type === "text").map(({ text }) => text).join("");

// Sockets of targets that do not answer a close frame keep the process alive.
main().then(() => process.exit(0), (error) => {
  console.error(error.stack ?? error);
  process.exit(1);
});
