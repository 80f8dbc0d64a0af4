import { nodeCrypto } from '../core/node-crypto.ts';
import type { SaltStore } from './salt-store.ts';

const saltBytes = 32;

/**
 * Names for tenants that a trail can hold for ever: HMAC-SHA-256 of the tenant, keyed by a random salt of its own. Who has
 * the salt can tell which entries are about a tenant; once it is destroyed nobody can, and the trail is as whole as before.
 */
export class TenantPseudonyms {
  readonly #salts: SaltStore;

  constructor(salts: SaltStore) {
    this.#salts = salts;
  }

  /** The tenant's name in the trail, 64 hex digits; makes its salt if it has none. */
  async of(tenant: string): Promise<string> {
    return (await this.find(tenant)) ?? pseudonym(tenant, this.#keep(tenant));
  }

  /** The name under which entries about a tenant can be found; undefined when its salt was destroyed or never made. */
  async find(tenant: string): Promise<string | undefined> {
    return pseudonym(tenant, this.#salts.get(tenant));
  }

  /** Destroys a tenant's salt: no entry that was written can be linked to it any more. A later one gets another name. */
  async forget(tenant: string): Promise<void> {
    await this.#salts.destroy(tenant);
  }

  #keep(tenant: string): Uint8Array | PromiseLike<Uint8Array> {
    return this.#salts.keep(tenant, nodeCrypto().randomBytes(saltBytes));
  }
}

type Given<Salt> = Salt | PromiseLike<Salt>;

function pseudonym(tenant: string, given: Given<Uint8Array>): Promise<string>;
function pseudonym(
  tenant: string,
  given: Given<Uint8Array | undefined>,
): Promise<string | undefined>;
async function pseudonym(
  tenant: string,
  given: Given<Uint8Array | undefined>,
): Promise<string | undefined> {
  // Used at once where it is there: destroyed while it is waited for, it is zeros, by which anybody can make the name.
  const salt = ArrayBuffer.isView(given) ? given : await given;
  if (salt === undefined) return undefined;
  return nodeCrypto().createHmac('sha256', salt).update(tenant, 'utf8').digest('hex');
}
