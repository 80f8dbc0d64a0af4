import { randomBytes } from 'node:crypto';
import { fingerprint } from '../../core/text/fingerprint.ts';
import type { Role } from './roles.ts';

/** What a key stands for. */
export interface KeyScope {
  readonly tenant: string;
  /** @default 'default' */
  readonly project?: string;
  /** @default 'editor' */
  readonly role?: Role;
}

/** One key as the service keeps it; the token itself is only the ring's index. */
export interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly role: Role;
  readonly tenant: string;
  readonly project: string;
  readonly maxPatterns: number | null;
  readonly createdAt: number;
  readonly expiresAt: string | null;
  revokedAt: number | undefined;
}

/** What a key is made from. */
export type NewKey = Pick<KeyRow, 'name' | 'role' | 'tenant' | 'project'> &
  Partial<Pick<KeyRow, 'maxPatterns' | 'expiresAt'>>;

/** Names a key without telling it. */
export function keyIdOf(token: string): string {
  return fingerprint(token, 12);
}

// `engramia_sk_` and eight characters, by which an admin finds its own key in the list.
const prefixOf = (token: string): string => `${token.slice(0, 20)}...`;

/** The keys of all tenants. */
export class KeyRing {
  readonly #rows = new Map<string, KeyRow>();

  constructor(keys: Readonly<Record<string, KeyScope>>, now: number) {
    for (const [token, { tenant, project = 'default', role = 'editor' }] of Object.entries(keys)) {
      this.#add(token, { name: 'initial', role, tenant, project }, now, keyIdOf(token));
    }
  }

  get size(): number {
    return this.#rows.size;
  }

  /** The key of a token, also a revoked or expired one. */
  find(token: string): KeyRow | undefined {
    return this.#rows.get(token);
  }

  /** Whether a key still opens. */
  isValid(row: KeyRow, now: number): boolean {
    return row.revokedAt === undefined && !(row.expiresAt && Date.parse(row.expiresAt) <= now);
  }

  rows(): readonly KeyRow[] {
    return [...this.#rows.values()];
  }

  create(key: NewKey, now: number): { row: KeyRow; token: string } {
    const token = newToken();
    return { row: this.#add(token, key, now, randomBytes(6).toString('hex')), token };
  }

  /** Gives a key another token; the old one opens nothing from then on. */
  rotate(row: KeyRow): { row: KeyRow; token: string } {
    const token = newToken();
    for (const [old, known] of this.#rows) if (known === row) this.#rows.delete(old);
    const rotated = { ...row, prefix: prefixOf(token) };
    this.#rows.set(token, rotated);
    return { row: rotated, token };
  }

  #add(token: string, key: NewKey, now: number, id: string): KeyRow {
    const row: KeyRow = {
      maxPatterns: null,
      expiresAt: null,
      ...key,
      id,
      prefix: prefixOf(token),
      createdAt: now,
      revokedAt: undefined,
    };
    this.#rows.set(token, row);
    return row;
  }
}

function newToken(): string {
  return `engramia_sk_${randomBytes(24).toString('hex')}`;
}
