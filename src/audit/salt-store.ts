/** Where the salts of tenants are kept: apart from the trail, and deletable. Sync or async. */
export interface SaltStore {
  /** The tenant's salt; undefined: it has none, or it was destroyed. */
  get(tenant: string): Uint8Array | undefined | PromiseLike<Uint8Array | undefined>;
  /** Keeps a salt unless the tenant has one, in one step, and answers with the one that it has then. */
  keep(tenant: string, salt: Uint8Array): Uint8Array | PromiseLike<Uint8Array>;
  /** Deletes the tenant's salt for good, its copies included. */
  destroy(tenant: string): void | PromiseLike<void>;
}

/** Salts in this process: they are gone when it ends, and with them the link from tenants to what the trail says of them. */
export function memorySalts(): SaltStore {
  const salts = new Map<string, Uint8Array>();
  return {
    get: (tenant) => salts.get(tenant),
    keep: (tenant, salt) => {
      const kept = salts.get(tenant) ?? Uint8Array.from(salt);
      salts.set(tenant, kept);
      return kept;
    },
    destroy: (tenant) => {
      salts.get(tenant)?.fill(0);
      salts.delete(tenant);
    },
  };
}
