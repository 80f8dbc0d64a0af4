import { isPlainObject } from '../../core/text/plain-object.ts';
import { OwnTexts } from './own-texts.ts';

const isPrimitive = (value: unknown): boolean =>
  value === null ||
  (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');

/**
 * A copy of what a leg gets, for a mirror, which may change it. Throws where there is none. Texts, and objects that hold
 * texts and numbers alone, are what most legs get, and cloning them would cost as much as the rest of a mirrored call.
 */
export function argumentCopy<Argument>(argument: Argument, texts = new OwnTexts()): Argument {
  if (isPrimitive(argument)) return texts.of(argument);
  // A clone of a view has all of what it is a view of, and a chunk of a request's body is a small one.
  if (argument instanceof Uint8Array) return new Uint8Array(argument) as Argument & Uint8Array;
  return flatObjectCopy(argument, texts) ?? structuredClone(argument);
}

/** The same of all arguments of a call: what one of them shares with another, their copies share too. */
export function argumentCopies(args: unknown[], texts = new OwnTexts()): unknown[] {
  return areSeveralObjects(args)
    ? structuredClone(args)
    : args.map((arg) => argumentCopy(arg, texts));
}

function areSeveralObjects(args: readonly unknown[]): boolean {
  let objects = 0;
  for (const arg of args) if (!isPrimitive(arg)) objects += 1;
  return objects > 1;
}

/** Undefined: there is more to copy than fields. */
function flatObjectCopy<Argument>(argument: Argument, texts: OwnTexts): Argument | undefined {
  if (!isPlainObject(argument) || !Object.values(argument).every(isPrimitive)) return undefined;
  return texts.in(argument);
}
