// The memory of the service over time: that of workerd, from /proc, which only Linux has, and that of our program in it.

import { readdirSync, readFileSync } from "node:fs";

const SAMPLE_MS = 2_000;

/**
 * The resident memory of workerd in a group of processes in MB; `undefined` where it cannot be read. Wrangler's own processes, which are
 * larger and vary more, are left out.
 */
function residentMb(group) {
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

/** The WebAssembly memory of the isolate in MB, which the service tells with its figures. */
async function ownMb(server, token) {
  const figures = await (await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })).text();
  return Number(/^flux_isolate_memory_bytes (\d+)$/m.exec(figures)[1]) / 2 ** 20;
}

/**
 * Notes both memories, in MB, every few seconds. `token` is that of the figures. `samples` has lists that grow until `stop()`: of workerd
 * (`process`) and of our program in it (`program`).
 */
export function watchMemory(server, token) {
  const samples = { process: [], program: [] };
  const sample = async () => {
    samples.process.push(residentMb(server.processGroup));
    try {
      samples.program.push(await ownMb(server, token));
    } catch {
      // A busy server does not answer in time.
    }
  };
  const timer = setInterval(sample, SAMPLE_MS);
  sample();
  return { samples, stop: () => clearInterval(timer) };
}
