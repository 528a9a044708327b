// The clock of the isolate that the Worker runs in. Has to be imported before the Worker.

import { env } from "cloudflare:workers";
import { shiftDate } from "./shift-date.mjs";

const OFFSET_MS = Number(env.CLOCK_OFFSET_MS);
shiftDate(OFFSET_MS);

/** The Durable Object's class, with alarms at the right moment: the runtime rings them by its own clock. */
export const withAlarms = (Chat) =>
  new Proxy(Chat, {
    construct(target, args, newTarget) {
      const [{ storage }] = args;
      const setAlarm = storage.setAlarm.bind(storage);
      storage.setAlarm = (at, options) => setAlarm(Number(at) - OFFSET_MS, options);
      return Reflect.construct(target, args, newTarget);
    },
  });
