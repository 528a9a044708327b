// Waiting for something to be true.

const POLL_MS = 20;

/** Evaluates `condition` until it is truthy and returns the value. Throws after `limit` ms. */
export async function until(condition, { limit = 20_000, what = () => String(condition) } = {}) {
  const deadline = Date.now() + limit;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`waited ${limit} ms in vain for: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The promise's value. Throws after `limit` ms. */
export async function within(promise, limit, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${limit} ms in vain for: ${what()}`)), limit);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
