import assert from "node:assert/strict";
import { test } from "node:test";
import { readOptions, SCENARIOS, STANDARD_SIZES } from "./options.mjs";

const FLOOR = "--target=floor=floor:/bench/floor";

test("what is not named is the default", () => {
  const { targets, only, sizes, reps, out } = readOptions([FLOOR]);
  assert.deepEqual(targets, [{ name: "floor", kind: "floor", folder: "/bench/floor" }]);
  assert.deepEqual([only, sizes, reps, out], [SCENARIOS, STANDARD_SIZES, 3, "bench/results"]);
});

test("everything can be chosen", () => {
  const args = [FLOOR, "--target", "a1b2=flux:/tmp/a=b:c", "--only", "edit,rows", "--sizes", "0,1000", "--reps", "5"];
  const { targets, only, sizes, reps } = readOptions(args);
  assert.deepEqual(targets[1], { name: "a1b2", kind: "flux", folder: "/tmp/a=b:c" });
  assert.deepEqual([only, sizes, reps], [["edit", "rows"], [0, 1_000], 5]);
});

test("what does not fit is named", () => {
  const cases = [
    [[], /at least one --target/],
    [["--target", "ours=rust:/x"], /ours=rust:\/x is not name=kind:folder/],
    [[FLOOR, FLOOR], /the same name: floor, floor/],
    [[FLOOR, "--only", "edit,speed"], /there is no scenario speed/],
    [[FLOOR, "--sizes", "0,many"], /--sizes takes whole numbers from 0 to 99000, not “many”/],
    [[FLOOR, "--sizes", "0,"], /not “”/],
    [[FLOOR, "--reps", "0"], /--reps takes whole numbers from 1 to 100/],
  ];
  for (const [args, error] of cases) assert.throws(() => readOptions(args), error);
});
