// A server that asks a scripted model, for the tests of one file.

import { after, before, beforeEach } from "node:test";
import { startModel } from "./model.mjs";
import { startServer } from "./server.mjs";

/** Quick retries: that they back off is tested natively, where time can be told. */
const QUICK = { MODEL_RETRIES: "2", MODEL_RETRY_BASE_MS: "1", MODEL_RETRY_CAP_MS: "5" };

/**
 * Starts both before the tests of the calling file and stops them after it: `{ model, server }`, filled by then. The
 * model is an OpenAI-compatible server, or with `ai` the AI binding.
 */
export function scripted({ vars = {}, ai = false, ...options } = {}) {
  const both = {};
  before(async () => {
    both.model = await startModel();
    const { url, baseUrl } = both.model;
    const model = ai ? { ai: url } : { baseUrl, name: "llama-test", apiKey: "sk-test" };
    both.server = await startServer({ model, vars: { ...QUICK, ...vars }, ...options });
  });
  beforeEach(() => both.model.reset());
  after(() => Promise.all([both.server?.stop(), both.model?.stop()]));
  return both;
}
