// A disk that can be full: a file system in memory with a size. Mounting one needs Linux and root.

import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, rmdirSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FILLER = "filler";
const PAGE = Buffer.alloc(4_096);

/** Mounts a disk of that size. Returns `{ folder, fill(left), empty(), unmount() }`, or `{ reason }` if this is not possible here. */
export function mountDisk(mb) {
  if (process.platform !== "linux") return { reason: "a small disk can only be made on Linux" };
  if (process.getuid() !== 0) return { reason: "only root may mount a small disk" };
  const folder = mkdtempSync(join(tmpdir(), "flux-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mb}m`, "flux-disk", folder], { stdio: "pipe" });
  } catch (error) {
    rmdirSync(folder);
    return { reason: `a small disk cannot be mounted here: ${String(error.stderr ?? error).trim()}` };
  }
  let isMounted = true;
  const unmount = () => {
    if (!isMounted) return;
    isMounted = false;
    // Lazily: a process that was killed may still have a file open.
    execFileSync("umount", ["--lazy", folder]);
    rmdirSync(folder);
  };
  process.on("exit", unmount);
  return {
    folder,
    unmount,
    /** Leaves that many bytes. */
    fill(left) {
      const file = openSync(join(folder, FILLER), "w");
      let bytes = 0;
      try {
        for (;;) bytes += writeSync(file, PAGE);
      } catch (error) {
        if (error.code !== "ENOSPC") throw error;
      }
      ftruncateSync(file, Math.max(bytes - left, 0));
      closeSync(file);
    },
    empty: () => rmSync(join(folder, FILLER), { force: true }),
  };
}
