// What a process has used, from Linux' /proc.

import { readdirSync, readFileSync } from "node:fs";

/** The CPU time of all living threads of a process, in ms. The first number of `schedstat` is in ns. */
export function cpuMs(pid) {
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]) / 1e6;
    } catch {
      // A thread that has just ended.
      return 0;
    }
  });
  return threads.reduce((sum, ms) => sum + ms, 0);
}

/** The memory of a process that is in RAM, in kB. */
export function residentKb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
}

/** Starts a stopwatch. Each call of the result gives the wall time and the CPU time of the process since, in ms. */
export function stopwatch(pid) {
  const [began, cpu] = [performance.now(), cpuMs(pid)];
  return () => ({ wallMs: performance.now() - began, cpuMs: cpuMs(pid) - cpu });
}

/** The CPU time that all processes of the machine have used, in ms, where the kernel counts in ticks of 10 ms. */
export function machineMs() {
  const [user, nice, system, , , interrupts, soft, stolen] =
    readFileSync("/proc/stat", "utf8").split("\n")[0].trim().split(/\s+/).slice(1).map(Number);
  return (user + nice + system + interrupts + soft + stolen) * 10;
}

/** The process ids of this process's children with that name. */
export function children(name) {
  return readdirSync("/proc").filter((entry) => /^\d+$/.test(entry)).filter((pid) => {
    try {
      const [, command, parent] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"));
      return command === name && Number(parent) === process.pid;
    } catch {
      return false;
    }
  }).map(Number);
}
