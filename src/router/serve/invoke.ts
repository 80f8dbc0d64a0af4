import type { AnyFunction } from '../route/route.ts';

const { call, apply } = Function.prototype;

/**
 * The function itself where `call` and `apply` run it. To a stub of a remote function any name is a remote one, and these too;
 * looked at once, since a call through `Reflect` costs more.
 */
export function invokable(fn: AnyFunction): AnyFunction {
  if (fn.call === call && fn.apply === apply) return fn;
  return function invoked(this: unknown, ...args: never[]) {
    return Reflect.apply(fn, this, args);
  };
}

/** Calls a function with the caller's `this` and arguments; by arity, because spreading costs four times as much. */
export function invoke(fn: AnyFunction, self: unknown, args: unknown[]): unknown {
  const run = fn as (...args: unknown[]) => unknown;
  switch (args.length) {
    case 0:
      return run.call(self);
    case 1:
      return run.call(self, args[0]);
    case 2:
      return run.call(self, args[0], args[1]);
    case 3:
      return run.call(self, args[0], args[1], args[2]);
    default:
      return run.apply(self, args);
  }
}

/** The same with a context in front of the arguments. */
export function invokeWith(
  context: unknown,
  fn: AnyFunction,
  self: unknown,
  args: unknown[],
): unknown {
  const run = fn as (...args: unknown[]) => unknown;
  switch (args.length) {
    case 0:
      return run.call(self, context);
    case 1:
      return run.call(self, context, args[0]);
    case 2:
      return run.call(self, context, args[0], args[1]);
    case 3:
      return run.call(self, context, args[0], args[1], args[2]);
    default:
      return run.call(self, context, ...args);
  }
}
