import { afterAll, describe, expect, it } from 'vitest';
import { adminPart } from './admin-part.ts';
import { ContractClient } from './client.ts';
import { errorsPart } from './errors-part.ts';
import { learnPart } from './learn-part.ts';
import { recallPart } from './recall-part.ts';
import { roleTest } from './role-test.ts';
import { servicePart } from './service-part.ts';
import type { ContractTarget } from './target.ts';

/** Holds a running service to everything that the library relies on. */
export function contractSuite(target: ContractTarget): void {
  describe(`${target.name}, ${target.mode}`, () => {
    const client = new ContractClient(target);
    const itAs = roleTest(target);
    afterAll(() => client.cleanUp());
    servicePart(client, itAs);
    errorsPart(client);
    learnPart(client);
    recallPart(client);
    adminPart(client, itAs);
    it('is asked less often than its limit of a path and minute', () => {
      expect(client.busiest).toBeLessThan(50);
    });
  });
}
