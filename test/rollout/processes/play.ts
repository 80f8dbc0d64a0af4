import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { verifyTrail } from '../../../src/audit/verify-trail.ts';
import type { RolloutState } from '../../../src/core/contracts/rollout-state.ts';
import type { Store } from '../../../src/core/contracts/store.ts';
import { extentOf } from './check-history.ts';
import { type HistoryEvent, HistoryFile } from './history.ts';
import { type Pace, type PartSetting, type StoreAddress, tenantName } from './played-rollout.ts';
import { Seeded } from './seeded.ts';

/** A store that several processes reach, and what can befall their way to it. */
export interface PlayedStore {
  readonly store: Store;
  readonly pace: Pace;
  addressOf(name: string): StoreAddress;
  /** Told of each process, where it needs this one to reach the store. */
  attach?(child: ChildProcess): void;
  /** Each ends what it does by the promise that it gives. */
  readonly faults: Readonly<Record<string, (scene: Scene) => Promise<unknown>>>;
}

/** What a fault knows of the play. */
export interface Scene {
  /** The replica that it befalls. */
  readonly replica: (typeof replicaNames)[number];
  /** Up to twice the lease. */
  readonly ms: number;
  /** Has the replica take everybody back by itself. */
  kill(): void;
  /** Resolves a moment after a rollback was acknowledged by all, or when that takes too long. */
  acknowledged(): Promise<unknown>;
}

/** How much is played. */
export interface PlaySize {
  readonly seed: number;
  /** What both operators do together, at least. */
  readonly actions: number;
  /** Calls that each leg answers, at least: a busy machine answers fewer while as much is done. */
  readonly calls: number;
}

/** What was played. */
export interface Played {
  readonly events: readonly HistoryEvent[];
  /** How often each fault befell. */
  readonly faults: ReadonlyMap<string, number>;
}

export const replicaNames = ['replica-1', 'replica-2', 'replica-3'] as const;
const operatorNames = ['ada', 'bob'] as const;

const programs = {
  replica: fileURLToPath(new URL('replica.child.ts', import.meta.url)),
  operator: fileURLToPath(new URL('operator.child.ts', import.meta.url)),
};
const execArgv = ['--disable-warning=ExperimentalWarning'];
const cache = mkdtempSync(join(tmpdir(), 'cutover-compiled-'));
const env = { ...process.env, NODE_COMPILE_CACHE: cache };

/** Leaves compiled code to the processes of all plays: they start in a quarter of the time. Gives what takes it away. */
export function rehearse(): () => void {
  execFileSync(process.execPath, [...execArgv, programs.replica], { env });
  return () => rmSync(cache, { recursive: true, force: true });
}

/** What a process tells of itself; what it tells a relay has no `obeyed`. */
type Message =
  | 'ready'
  | 'acted'
  | { readonly obeyed?: number; readonly status?: string; readonly acknowledged?: number };

/** A process of the play. */
class Part {
  readonly child: ChildProcess;
  readonly ready: Promise<unknown>;
  version = 0;

  constructor(program: string, setting: PartSetting, hear: (message: Message) => void) {
    this.child = fork(program, [JSON.stringify(setting)], {
      execArgv,
      env,
      serialization: 'advanced',
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ready = promise;
    // One that was killed as it began will never be ready, and nobody is to wait for it.
    this.child.once('exit', () => resolve());
    this.child.on('message', (message: Message) => {
      if (message === 'ready') resolve();
      if (typeof message === 'object') {
        this.version = Math.max(this.version, message.obeyed ?? 0);
      }
      hear(message);
    });
    this.child.on('error', () => undefined);
  }

  tell(what: 'kill' | 'end'): void {
    if (this.child.connected) this.child.send(what, () => undefined);
  }

  async end(how: 'end' | 'SIGKILL'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    if (how === 'end') this.tell('end');
    else this.child.kill('SIGKILL');
    await ended;
  }
}

/** Replicas and operators at work on one store, and what befalls them. */
export class Play implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'cutover-play-'));
  readonly #played: PlayedStore;
  readonly #draws: Seeded;
  readonly #size: PlaySize;
  readonly #replicas = new Map<string, Part>();
  readonly #operators = new Map<string, Part>();
  readonly #starts = new Map<string, number>();
  readonly #happening = new Set<Promise<unknown>>();
  readonly #faults = new Map<string, number>();
  readonly #enough = Promise.withResolvers<void>();
  readonly #acknowledged = new Set<(version: number) => void>();
  readonly #waiting = new Set<() => void>();
  /** Faults that are still to come before the first of them comes again. */
  #deck: string[] = [];
  #acted = 0;
  #latched = false;

  constructor(played: PlayedStore, size: PlaySize) {
    this.#played = played;
    this.#size = size;
    this.#draws = new Seeded(size.seed);
  }

  async run(): Promise<Played> {
    await this.#traffic();
    await Promise.all(replicaNames.map((name) => this.#start(name).ready));
    for (const name of operatorNames) this.#start(name);
    await this.#enough.promise;
    await Promise.all(this.#happening);
    await Promise.all([...this.#operators.values()].map((part) => part.end('end')));
    await this.#agreed();
    await Promise.all([...this.#replicas.values()].map((part) => part.end('end')));
    return { events: [...this.#histories(), ...(await this.#trail())], faults: this.#faults };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const parts = [...this.#replicas.values(), ...this.#operators.values()];
    await Promise.all(parts.map((part) => part.end('SIGKILL')));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #alarm(): string {
    return join(this.#folder, 'alarm');
  }

  /** Tenants that are known, so that the machine finds somebody to move. */
  async #traffic(): Promise<void> {
    const counts = Array.from({ length: 40 }, (_, at) => {
      const who = { day: '2026-01-31', tenant: tenantName(at), route: 'chat' };
      return { ...who, leg: 'legacy', counts: { calls: 1 } } as const;
    });
    await this.#played.store.addTraffic({ id: 'known tenants', counts });
  }

  #start(name: string): Part {
    const isReplica = name.startsWith('replica');
    const started = this.#starts.get(name) ?? 0;
    this.#starts.set(name, started + 1);
    const by = isReplica ? `${name}.${started}` : name;
    const history = join(this.#folder, `${by}.history`);
    closeSync(openSync(history, 'a'));
    const seed = this.#draws.below(2 ** 31);
    const { alarm, store } = { alarm: this.#alarm, store: this.#played.addressOf(name) };
    const program = programs[isReplica ? 'replica' : 'operator'];
    const { pace } = this.#played;
    const setting = { name, by, store, history, alarm, seed, pace };
    const part = new Part(program, setting, (message) => this.#hear(message));
    (isReplica ? this.#replicas : this.#operators).set(name, part);
    this.#played.attach?.(part.child);
    part.child.once('exit', (code) => {
      if (code) this.#enough.reject(new Error(`${by} ended by itself, with code ${code}.`));
    });
    return part;
  }

  #hear(message: Message): void {
    for (const look of this.#waiting) look();
    if (typeof message === 'object' && message.status === 'latched') {
      this.#latched = true;
      rmSync(this.#alarm, { force: true });
    }
    if (typeof message === 'object' && message.acknowledged !== undefined) {
      for (const hear of this.#acknowledged) hear(message.acknowledged);
    }
    if (message !== 'acted') return;
    this.#acted += 1;
    if (this.#acted < this.#size.actions && this.#acted % 2 === 0) this.#befall();
    if (this.#acted >= this.#size.actions && this.#latched && this.#haveAnswered()) {
      this.#enough.resolve();
    }
  }

  #haveAnswered(): boolean {
    const { candidate, legacy } = extentOf(this.#histories());
    return Math.min(candidate, legacy) >= this.#size.calls;
  }

  /** One of the faults, which is drawn; several can be under way. */
  #befall(): void {
    const draws = this.#draws;
    const scene = this.#scene();
    const faults: Readonly<Record<string, (scene: Scene) => unknown>> = {
      stall: () => this.#stall(scene),
      restart: () => this.#restart(),
      kill: () => scene.kill(),
      alarm: () => writeFileSync(this.#alarm, ''),
      ...this.#played.faults,
    };
    if (this.#deck.length === 0) this.#deck = draws.shuffled(Object.keys(faults));
    const name = this.#deck.pop() as string;
    this.#faults.set(name, (this.#faults.get(name) ?? 0) + 1);
    const happening = Promise.resolve(faults[name]?.(scene));
    this.#happening.add(happening);
    void happening.finally(() => this.#happening.delete(happening));
  }

  #scene(): Scene {
    const { leaseMs } = this.#played.pace;
    const replica = this.#draws.oneOf(replicaNames);
    const ms = this.#draws.below(2 * leaseMs);
    return {
      replica,
      ms,
      kill: () => this.#replicas.get(replica)?.tell('kill'),
      acknowledged: async () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        // One that is on its way now may have been acknowledged by the replica itself.
        const known = Math.max(...[...this.#replicas.values()].map((part) => part.version));
        const hear = (version: number): void => {
          if (version > known) resolve();
        };
        this.#acknowledged.add(hear);
        await Promise.race([promise, pause(4 * leaseMs)]);
        this.#acknowledged.delete(hear);
        await pause(30);
      },
    };
  }

  /** A replica that stands still until a rollback is over, or for any time. */
  async #stall({ replica, ms, acknowledged }: Scene): Promise<void> {
    const child = this.#replicas.get(replica)?.child;
    child?.kill('SIGSTOP');
    await (ms % 2 === 0 ? acknowledged() : pause(ms));
    child?.kill('SIGCONT');
  }

  async #restart(): Promise<void> {
    const name = this.#draws.oneOf(replicaNames);
    await this.#replicas.get(name)?.end('SIGKILL');
    await this.#start(name).ready;
  }

  /** Resolves when every replica obeys the newest state, which nobody changes any more but an alarm. */
  async #agreed(): Promise<void> {
    rmSync(this.#alarm, { force: true });
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = async (): Promise<void> => {
      const { version } = await this.#played.store.rollout('chat');
      if ([...this.#replicas.values()].every((part) => part.version >= version)) resolve();
    };
    const onMessage = (): void => void look();
    this.#waiting.add(onMessage);
    onMessage();
    await promise;
    this.#waiting.delete(onMessage);
  }

  #histories(): HistoryEvent[] {
    const files = readdirSync(this.#folder).filter((name) => name.endsWith('.history'));
    return files.flatMap((name) => new HistoryFile(join(this.#folder, name)).read());
  }

  async #trail(): Promise<HistoryEvent[]> {
    const { store } = this.#played;
    const { ok } = await verifyTrail(store.audit('chat'));
    if (!ok) throw new Error('The trail is broken.');
    const events: HistoryEvent[] = [];
    for await (const { actor, after, evidence } of store.audit('chat')) {
      const on = (evidence as { readonly on?: number } | undefined)?.on;
      if (on === undefined) continue;
      const { percent, status } = after as RolloutState;
      events.push({ kind: 'entered', state: { version: on + 1, actor, percent, status } });
    }
    return events;
  }
}
