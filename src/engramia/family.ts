import type { Clock } from '../core/time/clock.ts';
import type { ClientSettings } from './client-options.ts';
import { createPacer, type Pacer } from './pacer.ts';
import { ServerClock } from './server-clock.ts';
import { createTransport, type Transport } from './transport.ts';

/** What a client shares with all its `withKey` clients: one address, one pool, one pacer. Holds no key. */
export interface Family {
  readonly settings: ClientSettings;
  readonly transport: Transport;
  readonly time: ServerClock;
  readonly pacer: Pacer;
  readonly clock: Clock;
}

/** Makes what the clients of one address share. */
export function createFamily(settings: ClientSettings): Family {
  const { clock, pacing, fetch, pool } = settings;
  const time = new ServerClock(clock);
  const transport = createTransport({ fetch, pool });
  return { settings, transport, time, pacer: createPacer(pacing, time), clock };
}
