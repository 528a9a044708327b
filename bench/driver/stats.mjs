// Statistics of a few measurements.

/** The value below which the share `q` (0–1) of the values lies, interpolated between neighbours. */
export function quantile(values, q) {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}

/** The middle value. */
export const median = (values) => quantile(values, 0.5);

/** The median with the lowest and the highest value. */
export function spread(values) {
  return { middle: median(values), low: Math.min(...values), high: Math.max(...values) };
}

/**
 * The ratios of measurements that were made in the same round. Two series are compared round by round, because what disturbs a
 * machine disturbs both halves of a round. Rounds in which one of them failed are left out.
 */
export function ratios(values, base) {
  const rounds = values.map((value, round) => value / base[round]);
  return rounds.filter((ratio) => Number.isFinite(ratio));
}

/** How many characters two texts have in common at their beginning. */
export function commonPrefix(one, other) {
  const end = Math.min(one.length, other.length);
  let at = 0;
  while (at < end && one.charCodeAt(at) === other.charCodeAt(at)) at++;
  return at;
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
