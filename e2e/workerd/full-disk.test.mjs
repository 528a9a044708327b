// A disk that is full while people edit: nothing that was acknowledged is lost, what failed is not acknowledged, and edits work again
// once there is space.
//
// SQLite notices a full disk when the runtime commits, after the object has handled the call. The runtime then ends the object and its
// connections without an answer, because it holds back what the object sent. So here no sentence can say what happened, and clients
// send the edit again. With no space at all, SQLite cannot even open the file of an object that has ended. A statement that fails
// because the storage of one object has reached its limit does get a sentence: that is tested natively (agent/src/tests/faults.rs).

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { greeted, guest } from "../lib/client.mjs";
import { checkLog, Ledger } from "../lib/ledger.mjs";
import { random, SEED } from "../lib/random.mjs";
import { startServer } from "../lib/server.mjs";
import { mountDisk } from "../lib/small-disk.mjs";
import { within } from "../lib/until.mjs";

const DISK_MB = 24;
/** How much space is left, in bytes. The runtime keeps records of its own there, so not all of it is for edits. */
const LEFT = [0, 524_288, 1_048_576];
/** So many edits do not fit in any of them. */
const MOST_EDITS = 500;
const AT_ONCE = 4;
const LIMIT_MS = 20_000;
const WORKOUT = { title: "Workout", startTime: "2035-03-01T08:00" };

const chance = random();
const below = (limit) => Math.floor(chance() * limit);

const disk = mountDisk(DISK_MB);
const skip = disk.reason ?? false;

let server;
before(async () => {
  if (!skip) server = await startServer({ model: { baseUrl: "http://127.0.0.1:9/v1" }, state: disk.folder });
});
after(async () => {
  await server?.stop();
  disk.unmount?.();
});

/** Edits until the connection ends. */
async function editUntilFull(client, edits) {
  for (let sent = 0; !client.ended && sent < MOST_EDITS; sent++) {
    client.send(edits.next());
    if (edits.open.size < AT_ONCE) continue;
    const answer = await client.next("rpc").catch(() => undefined);
    if (answer) edits.answered(answer);
  }
  await within(client.closed, LIMIT_MS, () => "the end of the connection when the disk is full");
  client.frames.filter(({ type }) => type === "rpc").forEach((frame) => edits.answered(frame));
}

test(`acknowledged edits survive a full disk, and others are done once there is space (FLUX_SEED=${SEED})`, { skip }, async (t) => {
  const other = await greeted(server);
  await other.call("scheduleBlock", WORKOUT);
  const { token } = await guest(server);
  const edits = new Ledger(below);
  for (const left of LEFT) {
    const client = await greeted(server, { token });
    for (let number = 0; number < 10; number++) {
      client.send(edits.next());
      edits.answered(await client.next("rpc"));
    }
    const before = edits.done.size;
    disk.fill(left);
    await editUntilFull(client, edits);
    const unanswered = edits.open.size;
    assert.ok(unanswered > 0, "the disk was full before an answer");
    t.diagnostic(`${left} bytes left: ${edits.done.size - before} edits done, ${unanswered} without an answer`);

    // Somebody whose object has not ended can still read.
    assert.equal((await other.call("getTimeline")).timeline.blocks.length, 1);
    disk.empty();

    const again = await greeted(server, { token });
    // What was acknowledged is there before anything is sent again, and nothing else.
    await checkLog(again, edits);
    for (const frame of [...edits.open.values()]) {
      again.send(frame);
      edits.answered(await again.next(({ id }) => id === frame.id));
    }
    assert.equal(edits.open.size, 0);
    await checkLog(again, edits);
    await again.close();
  }
  const newcomer = await greeted(server);
  assert.equal((await newcomer.call("scheduleBlock", WORKOUT)).block.title, "Workout");
});
