// The Worker under a clock of the tests. Takes the place of agent/entry.mjs; the module that it takes the place of, or that a
// test has given, is ./served.mjs.

import { withAlarms } from "./worker-clock.mjs";
import { Chat as Served } from "./served.mjs";

export * from "./served.mjs";
export { default } from "./served.mjs";
export const Chat = withAlarms(Served);
