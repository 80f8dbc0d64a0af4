import type { Subject } from '../../core/call/subject.ts';
import { hasPlainPrototype } from '../../core/text/plain-object.ts';
import { keyCopy } from '../../core/text/text.ts';
import { decisionKey } from './decision-key.ts';
import { userOf } from './evaluation-context.ts';

type Attributes = Subject['attributes'];

/** Whose key it is, each fact by itself, and the key. */
interface Entry {
  readonly tenant: string;
  readonly user: string | undefined;
  /** Undefined: there are no attributes. */
  readonly names: readonly string[] | undefined;
  readonly values: readonly unknown[];
  readonly key: string;
}

// Longer ones are rare, and comparing them would cost what making them costs.
const maxAttributes = 16;
const maxKeyChars = 1_000;
const none: readonly unknown[] = [];

/**
 * Makes the keys of decisions, and remembers the latest of each user, or of each tenant without one: writing attributes
 * down costs more than all the rest of a call. A remembered key is given out only if tenant, user and every attribute are
 * the same as when it was made; whatever is not plain is written down each time.
 */
export class KeyMemo {
  readonly #max: number;
  readonly #latest = new Map<string, Entry>();

  /** `max`: keys remembered; when there are as many, all are forgotten. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Keys remembered. */
  get size(): number {
    return this.#latest.size;
  }

  /** The same as `decisionKey`; throws as it does. */
  keyOf(tenant: string, subject: Subject): string {
    const user = userOf(subject);
    const { attributes } = subject;
    if (user === undefined && attributes === undefined) return decisionKey(tenant, subject);
    const known = this.#latest.get(user ?? tenant);
    if (
      known !== undefined &&
      known.tenant === tenant &&
      known.user === user &&
      areSame(known, attributes)
    ) {
      return known.key;
    }
    const key = decisionKey(tenant, subject);
    this.#remember(key, tenant, user, attributes);
    return key;
  }

  #remember(key: string, tenant: string, user: string | undefined, attributes: Attributes): void {
    if (key.length > maxKeyChars || !areUnchanging(attributes)) return;
    if (this.#latest.size >= this.#max) this.#latest.clear();
    const names = attributes && Object.keys(attributes).map(keyCopy);
    const values = attributes === undefined ? none : Object.values(attributes).map(ownCopy);
    // Kept for long, so none of it may keep what it was cut from.
    const who = { tenant: keyCopy(tenant), user: user && keyCopy(user) };
    this.#latest.set(who.user ?? who.tenant, { ...who, names, values, key: keyCopy(key) });
  }
}

const ownCopy = (value: unknown): unknown => (typeof value === 'string' ? keyCopy(value) : value);

/** Whether attributes are nothing but values that stay what they are. */
function areUnchanging(attributes: Attributes): boolean {
  if (attributes === undefined) return true;
  if (!isOfNoClass(attributes)) return false;
  const values: unknown[] = Object.values(attributes);
  return values.length <= maxAttributes && values.every(isPrimitive);
}

function isPrimitive(value: unknown): boolean {
  const type = typeof value;
  return type === 'string' || type === 'boolean' || type === 'number';
}

/** With any other prototype `toJSON` may make something else of the same fields. Apps in plain JavaScript say `null` as well. */
const isOfNoClass = (attributes: object | null): boolean =>
  attributes !== null && hasPlainPrototype(attributes);

/** In the same order too, as they are written down. */
function areSame({ names, values }: Entry, attributes: Attributes): boolean {
  if (names === undefined || attributes === undefined) return names === attributes;
  if (!isOfNoClass(attributes)) return false;
  const given = Object.keys(attributes);
  if (given.length !== names.length) return false;
  for (let i = 0; i < given.length; i += 1) {
    const name = given[i] as string;
    // Minus zero is told from zero by providers, though not by ===.
    if (name !== names[i] || !Object.is(attributes[name], values[i])) return false;
  }
  return true;
}
