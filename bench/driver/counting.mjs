// Runs inside workerd, around an unchanged Worker: counts the statements of its objects, the rows that they read and write as they
// are billed, the alarms that they set, and the events that they handle. A request with the header `x-count: take` returns the
// counts since the last one, and with `x-count: abort` the object is made anew for the next request.
//
// The engine knows the rows of a statement when it has run to its end, so cursors are kept and asked later. Only events of the
// object that made a cursor may ask it.

import * as built from "./entry.js";
import { statementsIn } from "./script.mjs";

export * from "./entry.js";
export { default } from "./entry.js";

const counts = new WeakMap();
let current;

/** Sums up what was done by the cursors that are kept. */
function settle(count) {
  for (const { cursor, line } of count.open.splice(0)) {
    line.read += cursor.rowsRead;
    line.written += cursor.rowsWritten;
  }
}

function lineOf(count, statement) {
  const key = statement.split(/\s+/).join(" ").trim();
  count.lines[key] ??= { times: 0, read: 0, written: 0 };
  return count.lines[key];
}

function fresh() {
  return { open: [], lines: {}, alarms: 0, events: { fetch: 0, webSocketMessage: 0, alarm: 0 } };
}

/** Counts what this object's storage does. The methods are those of all objects, and each finds its own count by its `this`. */
function watch({ storage }) {
  const count = fresh();
  counts.set(storage, count);
  counts.set(storage.sql, count);
  patch(Object.getPrototypeOf(storage.sql), "exec", (exec, count, script, ...parameters) => {
    const statements = statementsIn(script);
    // A cursor knows the rows of the last statement of a script only, so each runs by itself. Only the last has parameters.
    return statements.map((statement, at) => {
      const line = lineOf(count, statement);
      line.times += 1;
      const cursor = exec(statement, ...(at === statements.length - 1 ? parameters : []));
      count.open.push({ cursor, line });
      return cursor;
    }).at(-1);
  });
  patch(Object.getPrototypeOf(storage), "setAlarm", (setAlarm, count, ...parameters) => {
    count.alarms += 1;
    return setAlarm(...parameters);
  });
  return count;
}

/** Replaces a method by `counting`, which gets the method itself and the count of the object. */
function patch(prototype, name, counting) {
  const own = prototype[name];
  if (own.isCounting) return;
  prototype[name] = function (...parameters) {
    return counting(own.bind(this), counts.get(this) ?? current, ...parameters);
  };
  prototype[name].isCounting = true;
}

function taken(count, context) {
  settle(count);
  const { lines, alarms, events } = count;
  const answer = Response.json({ lines, alarms, events, bytes: context.storage.sql.databaseSize });
  Object.assign(count, fresh());
  return answer;
}

async function abort(context) {
  // An abort drops what is not on the disk yet.
  await context.storage.sync();
  context.abort("to be made anew");
}

export const Chat = new Proxy(built.Chat, {
  construct(target, parameters, newTarget) {
    const [context] = parameters;
    const count = watch(context);
    current = count;
    const object = Reflect.construct(target, parameters, newTarget);
    return new Proxy(object, {
      get(target, name) {
        const own = Reflect.get(target, name);
        if (typeof own !== "function") return own;
        return (...parameters) => {
          current = count;
          const asked = name === "fetch" && parameters[0].headers.get("x-count");
          if (asked === "take") return taken(count, context);
          if (asked === "abort") return abort(context);
          if (name in count.events) count.events[name] += 1;
          return own.apply(target, parameters);
        };
      },
    });
  },
});
