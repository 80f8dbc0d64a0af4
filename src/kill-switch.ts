import type { EventHub } from './core/events/event-hub.ts';
import type { CutoverEvents } from './core/events/events.ts';
import type { Clock } from './core/time/clock.ts';
import { KillFile, type KillFileOptions } from './flags/file/kill-file.ts';
import type { Route } from './router/route/route.ts';
import { Switchboard } from './router/switchboard.ts';

/** Everybody back to legacy at once, by hand or by a file, and what is told of it. */
export class KillSwitch {
  readonly switchboard = new Switchboard();
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #hub: EventHub;

  constructor(routes: ReadonlyMap<string, Route>, hub: EventHub) {
    this.#routes = routes;
    this.#hub = hub;
  }

  /** Killed with a legacy that is gone, a cutover is frozen: its candidate goes on answering. */
  get state(): 'open' | 'killed' | 'frozen' {
    const { state } = this.switchboard;
    if (state.kind !== 'killed') return 'open';
    const isGone = [...this.#routes.values()].some((route) => route.legacyGone);
    return isGone && !state.force ? 'frozen' : 'killed';
  }

  kill(reason: string, force: boolean): 'killed' | 'frozen' {
    this.switchboard.kill(reason, force);
    return this.#tellKilled(reason);
  }

  revive(): void {
    this.#takeBack(() => this.switchboard.revive());
  }

  /** Kills as long as there is such a file. */
  follow(file: string | KillFileOptions | undefined, clock: Clock): KillFile | undefined {
    if (file === undefined) return undefined;
    const killFile = new KillFile({
      file,
      clock,
      reporter: this.#hub,
      appeared: (reason) => {
        const wasKilled = this.switchboard.killed;
        this.switchboard.killByFile(reason);
        if (!wasKilled) this.#tellKilled(reason);
      },
      removed: () => this.#takeBack(() => this.switchboard.reviveByFile()),
    });
    killFile.start();
    return killFile;
  }

  #tellKilled(reason: string): 'killed' | 'frozen' {
    const outcome = this.state === 'frozen' ? 'frozen' : 'killed';
    this.#tell({ outcome, reason });
    return outcome;
  }

  #tell(happened: CutoverEvents['rollback']): void {
    this.switchboard.news.add(() => this.#hub.emit('rollback', happened));
  }

  /** Nothing is told while another kill stands. */
  #takeBack(takeBack: () => void): void {
    const { state } = this.switchboard;
    takeBack();
    if (state.kind !== 'killed' || this.switchboard.killed) return;
    for (const route of this.#routes.values()) route.legacyGone = false;
    this.#tell({ outcome: 'revived', reason: state.reason });
  }
}
