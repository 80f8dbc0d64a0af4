import { InMemoryProvider, OpenFeature } from '@openfeature/server-sdk';
import type { BenchCase } from '../measure.ts';
import { candidate, legacy } from './legs.ts';

/** A leg chosen by an evaluation of the in-memory provider, with the fallback that an app would write around it. */
export async function openFeatureRouter(): Promise<BenchCase> {
  const flag = {
    variants: { legacy: 'legacy', candidate: 'candidate' },
    defaultVariant: 'candidate' as const,
    disabled: false,
  };
  await OpenFeature.setProviderAndWait('bench', new InMemoryProvider({ chat: flag }));
  const client = OpenFeature.getClient('bench');
  return {
    batches: 10,
    async call(user, message) {
      const leg = await client.getStringValue('chat', 'legacy', { targetingKey: user });
      if (leg !== 'candidate') return legacy(user, message);
      try {
        return await candidate(undefined, user, message);
      } catch {
        return await legacy(user, message);
      }
    },
  };
}
