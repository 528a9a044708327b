// Repeatable random numbers: a failing test prints its seed.

/** A seed from `FLUX_SEED`, or a new one. */
export const SEED = Number(process.env.FLUX_SEED ?? Math.floor(Math.random() * 2 ** 32));

/** Numbers from 0 to 1, always the same for a seed (mulberry32). */
export function random(seed = SEED) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
