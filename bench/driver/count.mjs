// Prints what each operation of the deployed Worker takes, as JSON. The gate compares it with bench/budget.json.

import { countAll } from "./counts.mjs";
import { bundle, host } from "./host.mjs";
import { startModel } from "./model.mjs";
import { prompt } from "./scenarios/turns.mjs";

const [folder] = process.argv.slice(2);
const model = await startModel();
const target = await host(await bundle({ name: "ours", kind: "flux", folder }), { modelUrl: model.url, counting: true });
try {
  const operations = await countAll(target);
  const [{ value }] = await prompt(target, { model });
  console.log(JSON.stringify({ operations, prompt: Math.round(value) }));
} finally {
  await target.stop();
  await model.stop();
}
process.exit(0);
