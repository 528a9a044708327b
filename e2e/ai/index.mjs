// A Worker that stands for the Workers AI binding: `env.AI.run(model, input, options)`. What it answers is up to the
// test, whose server it asks (e2e/lib/model.mjs).

import { WorkerEntrypoint } from "cloudflare:workers";

export class Ai extends WorkerEntrypoint {
  async run(model, input, options) {
    const body = JSON.stringify({ model, input, options });
    const response = await fetch(`${this.env.AI_URL}/run`, { method: "POST", body });
    // The binding gives no status: what failed is told by the error's message.
    if (!response.ok) throw new Error(await response.text());
    const isWhole = response.headers.get("content-type").startsWith("application/json");
    return isWhole ? response.json() : response.body;
  }
}

export default { fetch: () => new Response("Only the binding is here.", { status: 404 }) };
