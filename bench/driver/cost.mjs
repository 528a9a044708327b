// Prints what an active person costs. With UPDATE_COST=1, writes it into docs/cost.md, between its two marks.

import { readFileSync, writeFileSync } from "node:fs";
import { bill, freeLimits, peopleAtRate } from "./bill.mjs";
import { DAY, playDays } from "./day.mjs";
import { bundle, host } from "./host.mjs";
import { startModel } from "./model.mjs";
import { digits } from "./report/summary.mjs";

const DOCUMENT = new URL("../../docs/cost.md", import.meta.url);
const [BEGIN, END] = ["<!-- measured: cargo xtask bench --cost -->", "<!-- end -->"];
const PRICES = JSON.parse(readFileSync(new URL("../prices.json", import.meta.url), "utf8"));
const CROWDS = [1, 1_000, 1_000_000];

/** A table in Markdown. */
function table(heads, lines) {
  return [heads, heads.map((_, column) => (column === 0 ? "---" : "---:")), ...lines].map((line) => `| ${line.join(" | ")} |`).join("\n");
}

const number = (value) => value.toLocaleString("en-US");
const dollars = (value) => (value === 0 ? "included" : value < 100 ? `$${value.toFixed(2)}` : `$${number(Math.round(value))}`);

/** What is measured, in words. */
function report(day) {
  const { items } = PRICES;
  const usage = [
    ["Worker requests", day.workerRequests], ["CPU of Worker and object with what counting costs, ms", day.cpuMs],
    ["object requests, 20 messages of a socket as one", day.objectRequests], ["object duration, GB-s", day.gbSeconds],
    ["rows read", day.rowsRead], ["rows written", day.rowsWritten], ["storage, bytes", day.storedBytes],
    ["requests to the model", day.modelRequests], ["tokens to the model", day.inputTokens], ["tokens from the model", day.outputTokens],
  ];
  const bills = CROWDS.map((people) => bill(day, PRICES, people));
  const costs = [
    ["plan", ...bills.map(({ base }) => dollars(base))],
    ...Object.entries(items).map(([item, { what }]) => [what, ...bills.map((bill) => dollars(bill.items[item]))]),
    ["**a month**", ...bills.map(({ total }) => `**${dollars(total)}**`)],
    ["a person and month", ...bills.map(({ total }, at) => `$${(total / CROWDS[at]).toFixed(2)}`)],
  ];
  const limits = freeLimits(day, PRICES).map(({ item, people }) => [items[item].what, number(items[item].free), number(people)]);
  return `A person and day:

${table(["what", "a day"], usage.map(([what, value]) => [what, digits(value)]))}

A month of so many people who are active every day, after a year of storage:

${table(["what", ...CROWDS.map((people) => `${number(people)} ${people === 1 ? "person" : "people"}`)], costs)}

The free plan, with the limit that is reached first on top:

${table(["what", "free", "enough for people"], limits)}

Workers AI answers ${number(PRICES.modelRequestsPerMinute.limit)} requests for text a minute. That is enough for
${number(peopleAtRate(day, PRICES))} people, if the busiest hour has 15 % of a day's requests.`;
}

async function main() {
  const [folder] = process.argv.slice(2);
  const model = await startModel();
  const target = await host(await bundle({ name: "ours", kind: "flux", folder }), { modelUrl: model.url, counting: true });
  const text = report(await playDays(target, model));
  await Promise.all([target.stop(), model.stop()]);
  console.log(`${JSON.stringify(DAY)}\n\n${text}`);
  if (process.env.UPDATE_COST !== "1") return;
  const before = readFileSync(DOCUMENT, "utf8");
  const [head, rest] = before.split(BEGIN);
  writeFileSync(DOCUMENT, `${head}${BEGIN}\n\n${text}\n\n${END}${rest.split(END)[1]}`);
}

main().then(() => process.exit(0), (error) => {
  console.error(error.stack ?? error);
  process.exit(1);
});
