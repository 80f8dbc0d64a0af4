import type { LearnTarget } from '../../core/contracts/learner.ts';
import { fingerprint } from '../../core/text/fingerprint.ts';
import { isBlank } from '../../core/text/text.ts';
import type { EventsAnswer } from '../answers.ts';
import type { EngramiaClient } from '../client.ts';
import { imported, notImported } from './import-outcome.ts';
import { learned, notLearned } from './learn-outcome.ts';
import { toPatternRecord } from './pattern-record.ts';
import { socketGone } from './socket-gone.ts';

/** The most events that the service lists at once. */
const maxEvents = 1000;

/** Whether a learn of this task since then is among the events. */
function isAmong({ events }: EventsAnswer, task: string, sinceSeconds: number): boolean {
  const prefix = `patterns/${fingerprint(task, 8)}_`;
  return events.some(
    ({ kind, ts, patternKey }) =>
      kind === 'learn' && ts >= sinceSeconds && patternKey?.startsWith(prefix) === true,
  );
}

/** Makes a client with a key the place where exchanges are learned; `scope` is the client's fingerprint. */
export function toLearnTarget(client: EngramiaClient, scope: string): LearnTarget {
  return Object.freeze<LearnTarget>({
    scope,
    address: client.baseUrl,
    readyInMs: (via = 'learn') => client.pacing.readyInMs(via, 'shadow'),
    learn: async ({ task, code, evalScore, runId }, { signal }) => {
      try {
        // A pattern may have no run id, but not a blank one.
        const lesson = { task, code, evalScore };
        const request = isBlank(runId) ? lesson : { ...lesson, runId };
        return learned(await client.learn(request, { signal, priority: 'shadow' }));
      } catch (error) {
        await socketGone(error);
        return notLearned(error);
      }
    },
    import: async (lessons, { signal }) => {
      try {
        const records = lessons.map(toPatternRecord);
        return imported(await client.import({ records }, { signal, priority: 'shadow' }));
      } catch (error) {
        await socketGone(error);
        return notImported(error);
      }
    },
    wasStored: async ({ task }, sinceMs, { signal }) => {
      // The events carry the service's time.
      const since = (sinceMs + client.pacing.clockSkewMs) / 1000;
      const request = { since: Math.max(0, Math.floor(since)), limit: maxEvents };
      try {
        return isAmong(await client.events(request, { signal, priority: 'shadow' }), task, since);
      } catch (error) {
        await socketGone(error);
        return false;
      }
    },
  });
}
