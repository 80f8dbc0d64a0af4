import { createHmac } from 'node:crypto';
import { memorySalts, type SaltStore, TenantPseudonyms } from 'engramia-cutover/audit';
import { describe, expect, it } from 'vitest';

describe("a tenant's pseudonym", () => {
  it('is the same each time, and another for each tenant and each store of salts', async () => {
    const names = new TenantPseudonyms(memorySalts());
    const acme = await names.of('acme');
    expect(acme).toMatch(/^[0-9a-f]{64}$/);
    expect(await names.of('acme')).toBe(acme);
    expect(await names.find('acme')).toBe(acme);
    expect(await names.of('globex')).not.toBe(acme);
    expect(await new TenantPseudonyms(memorySalts()).of('acme')).not.toBe(acme);
  });

  // RFC 4231, test case 2, by the key "Jefe".
  it('is HMAC-SHA-256 of the tenant, keyed by its salt', async () => {
    const salts: SaltStore = {
      get: () => Buffer.from('Jefe'),
      keep: (_tenant, salt) => salt,
      destroy: () => {},
    };
    expect(await new TenantPseudonyms(salts).of('what do ya want for nothing?')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('has a salt that nobody can guess, and no two have the same', async () => {
    const kept: Uint8Array[] = [];
    const salts: SaltStore = {
      get: () => undefined,
      keep: (_tenant, salt) => {
        kept.push(salt);
        return salt;
      },
      destroy: () => {},
    };
    const names = new TenantPseudonyms(salts);
    await Promise.all(['acme', 'acme', 'globex'].map((tenant) => names.of(tenant)));
    expect(kept.map(({ length }) => length)).toEqual([32, 32, 32]);
    expect(new Set(kept.map((salt) => Buffer.from(salt).toString('hex'))).size).toBe(3);
  });

  it('cannot be linked to its tenant when the salt is destroyed, nor to its next one', async () => {
    const salts = memorySalts();
    const names = new TenantPseudonyms(salts);
    const acme = await names.of('acme');
    const salt = (await salts.get('acme')) ?? new Uint8Array();
    await names.forget('acme');
    expect(salt.every((byte) => byte === 0)).toBe(true);
    expect(await names.find('acme')).toBeUndefined();
    expect(await names.of('acme')).not.toBe(acme);
  });

  it('outlives the salt that its store was given to keep, which may be used for something else', async () => {
    const salts = memorySalts();
    const given = new Uint8Array(32).fill(7);
    await salts.keep('acme', given);
    const acme = await new TenantPseudonyms(salts).of('acme');
    given.fill(0);
    expect(await new TenantPseudonyms(salts).of('acme')).toBe(acme);
  });

  it('is made by no salt that is destroyed meanwhile, be it the first one or a known one', async () => {
    const zeros = createHmac('sha256', new Uint8Array(32)).update('acme').digest('hex');
    const names = new TenantPseudonyms(memorySalts());
    for (let round = 0; round < 2; round += 1) {
      const [first] = await Promise.all([names.of('acme'), names.forget('acme')]);
      expect(first).not.toBe(zeros);
      await names.of('acme');
      const [known, found] = await Promise.all([
        names.of('acme'),
        names.find('acme'),
        names.forget('acme'),
      ]);
      expect([known, found]).not.toContain(zeros);
    }
  });

  it('has one salt, however many ask for it first', async () => {
    const kept = memorySalts();
    let asked = 0;
    const bothAsk = Promise.withResolvers<void>();
    const salts: SaltStore = {
      ...kept,
      get: async (tenant) => {
        const salt = kept.get(tenant);
        asked += 1;
        if (asked === 2) bothAsk.resolve();
        await bothAsk.promise;
        return salt;
      },
    };
    const [one, two] = await Promise.all([
      new TenantPseudonyms(salts).of('acme'),
      new TenantPseudonyms(salts).of('acme'),
    ]);
    expect(one).toBe(two);
  });
});
