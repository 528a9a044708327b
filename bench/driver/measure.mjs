// What scenarios share.

let names = 0;

/** The name of a person whom no target has seen. */
export const fresh = () => `p${process.pid}-${++names}`;

/**
 * One measurement. `unit` is ms, bytes, kB, per second, rows, statements, characters, tokens or percent.
 *
 * - `more`: more is better; otherwise less is
 * - `ratio`: the goal as a ratio to the floor; `most`: the goal as a number
 */
export const metric = (name, unit, value, { more, ratio, most } = {}) => ({ name, unit, value, more, ratio, most });

/** The CPU time of each of so many things, in ms. */
export const cpuPerTime = (readings, count) => readings.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / count;
