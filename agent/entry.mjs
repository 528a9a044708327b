// What workerd loads: the Worker and its Durable Object, as worker-build has wrapped them.
export * from "./build/index.js";
export { default } from "./build/index.js";
