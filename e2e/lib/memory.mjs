// The memory of workerd over time, from /proc, which only Linux has.

import { readdirSync, readFileSync } from "node:fs";

const SAMPLE_MS = 1_000;

/**
 * The resident memory of workerd in a group of processes in MB; `undefined` where it cannot be read. Wrangler's own processes, which are
 * larger and vary more, are left out.
 */
export function residentMb(group) {
  if (process.platform !== "linux") return undefined;
  const kb = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map((pid) => residentKb(pid, group));
  return kb.reduce((sum, more) => sum + more, 0) / 1_024;
}

function residentKb(pid, group) {
  try {
    // The name, in parentheses, can contain blanks. After it come the state, the parent and the group (proc_pid_stat(5)).
    const [, name, , , itsGroup] = /^\d+ \((.*)\) (\S+) (\d+) (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, "utf8"));
    if (name !== "workerd" || Number(itsGroup) !== group) return 0;
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}

/** Notes the memory of workerd in a group of processes every second. Returns the samples, which grow until `stop()`. */
export function watchMemory(group) {
  const samples = [];
  const sample = () => samples.push(residentMb(group));
  const timer = setInterval(sample, SAMPLE_MS);
  sample();
  return { samples, stop: () => clearInterval(timer) };
}
