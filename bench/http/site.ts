import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Framework, Variant } from './variants.ts';

/** What a server has done so far. */
export interface Mark {
  readonly cpuMicros: number;
  /** Tasks that its lanes have taken up. */
  readonly accepted: number;
  /** Tasks for which there was no room, or that the counts have lost. */
  readonly lost: number;
}

/** A server in a process of its own. */
export interface Site extends Disposable {
  readonly port: number;
  /** Waits for its background work, then tells what all has cost so far. */
  mark(): Promise<Mark>;
}

const script = fileURLToPath(new URL('./site.child.ts', import.meta.url));

/** Starts a server. */
export async function openSite(framework: Framework, variant: Variant): Promise<Site> {
  const child = fork(script, [framework, variant], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`The server of ${framework}, ${variant} has ended: ${code}.`);
  });
  failed.catch(() => undefined); // told to whoever waits for an answer
  const told = async <T>(): Promise<T> => {
    const [message] = (await Promise.race([once(child, 'message'), failed])) as [T];
    return message;
  };
  const port = await told<number>();
  return {
    port,
    async mark() {
      const answer = told<Mark>();
      child.send('mark');
      return answer;
    },
    [Symbol.dispose]: () => child.disconnect(),
  };
}
