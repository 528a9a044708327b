// A server with a scripted model, for the tests of one file.

import { join } from "node:path";
import { after, before, beforeEach } from "node:test";
import { startModel } from "./model.mjs";
import { ROOT, startServer } from "./server.mjs";
import { startSteps } from "./steps.mjs";

/** Quick retries. The backoff is tested natively, with a simulated clock. */
const QUICK = { MODEL_RETRIES: "2", MODEL_RETRY_BASE_MS: "1", MODEL_RETRY_CAP_MS: "5" };

/**
 * Starts both before the tests of the calling file and stops them afterwards. Returns `{ model, server }`, which is filled before the
 * first test. The model is an OpenAI-compatible server, or with `ai` the AI binding. With `held`, runs of the architect can be held
 * at their steps with `steps`.
 */
export function scripted({ vars = {}, ai = false, held = false, ...options } = {}) {
  const all = {};
  before(async () => {
    all.model = await startModel();
    if (held) {
      all.steps = await startSteps();
      vars = { ...vars, STEPS_URL: all.steps.url };
      options.entry = join(ROOT, "e2e/lib/holding-entry.mjs");
    }
    const { url, baseUrl } = all.model;
    const model = ai ? { ai: url } : { baseUrl, name: "llama-test", apiKey: "sk-test" };
    all.server = await startServer({ model, vars: { ...QUICK, ...vars }, ...options });
  });
  beforeEach(() => {
    all.model.reset();
    all.steps?.reset();
  });
  after(() => Promise.all([all.server?.stop(), all.model?.stop(), all.steps?.stop()]));
  return all;
}
