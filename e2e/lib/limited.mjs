// Requests that exceed a rate limit of wrangler.toml.

import assert from "node:assert/strict";

/**
 * Sends requests until one is limited, and returns its response. Those before it must have the status `ok`. Their windows are fixed minutes,
 * and one may end in between, so it takes between `limit` and twice as many.
 */
export async function untilLimited(limit, ok, send) {
  for (let number = 0; number <= 2 * limit; number++) {
    const response = await send();
    if (response.status === 429) {
      assert.ok(number >= limit, `request ${number + 1} is limited`);
      return response;
    }
    assert.equal(response.status, ok);
  }
  assert.fail(`none of ${2 * limit + 1} requests is limited`);
}
