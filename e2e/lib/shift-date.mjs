// The one function that moves the present. It runs in the process of the tests, in workerd and in the page.

/**
 * Moves the present of this JavaScript realm by `offset` ms: `Date.now()`, `new Date()` and `Date()` give real time plus the
 * offset. Timers are left alone, because they measure a span and name no moment.
 *
 * The page gets the function as text, so it must not use anything from outside its body.
 */
export function shiftDate(offset) {
  const RealDate = globalThis.Date;
  const now = () => RealDate.now() + offset;
  globalThis.Date = new Proxy(RealDate, {
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
    apply: () => new RealDate(now()).toString(),
    construct: (target, args, newTarget) => Reflect.construct(target, args.length > 0 ? args : [now()], newTarget),
  });
}
