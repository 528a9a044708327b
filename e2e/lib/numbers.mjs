// Statistics of samples.

/** The value below which that share of the samples lies. 0 if there are none. */
export function percentile(samples, share) {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export const median = (samples) => percentile(samples, 0.5);
