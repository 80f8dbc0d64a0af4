import { attempt, disregard } from '../../core/attempt.ts';
import type { Logger } from '../../core/events/logger.ts';
import { inRootScope } from '../../core/root-scope.ts';
import type { Clock, TimerHandle } from '../../core/time/clock.ts';
import { defaultAnswer } from '../default-answer.ts';
import type { EvaluationContext, FlagProvider, FlagResolution } from '../provider.ts';
import { ProviderEvents } from '../provider-events.ts';
import { DirectoryWatch } from './directory-watch.ts';
import {
  type FileLook,
  type FileVerdict,
  look,
  lookSync,
  understand,
  understandInTurns,
} from './file-reading.ts';
import type { FlagTable } from './flag-table.ts';

/** The options of `fileFlags` without gaps. */
export interface FlagFileSettings {
  readonly path: string;
  readonly pollMs: number;
  readonly watch: boolean;
  readonly settleMs: number;
  readonly maxBytes: number;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** What follows the file while somebody uses the provider. */
interface Following {
  readonly watch: DirectoryWatch | undefined;
  poll: TimerHandle;
  settle: TimerHandle | undefined;
}

/** A provider that answers from the last good content of a file. */
export class FlagFileProvider implements FlagProvider {
  readonly metadata = { name: 'file' };
  readonly inProcess = true;
  readonly events = new ProviderEvents();
  readonly #settings: FlagFileSettings;
  #table: FlagTable | undefined;
  /** The latest bytes and what they said, so that a look at an unchanged file costs no parsing. */
  #seen: { readonly bytes: Buffer; readonly verdict: FileVerdict } | undefined;
  /** A breakage that was seen once: a file that is being written looks like that too. */
  #suspected: string | undefined;
  #reported: string | undefined;
  /** Cutovers that use the provider: the file is followed for the first to the last of them. */
  #users = 0;
  /** How often it was read at once, which a look that began before it must not take back. */
  #begun = 0;
  #following: Following | undefined;
  #looking: Promise<void> | undefined;
  #lookingNext: Promise<void> | undefined;

  constructor(settings: FlagFileSettings) {
    this.#settings = settings;
  }

  resolveStringEvaluation(
    flagKey: string,
    defaultValue: string,
    context: EvaluationContext,
  ): FlagResolution {
    return this.#table?.answer(flagKey, defaultValue, context) ?? defaultAnswer(defaultValue);
  }

  /** At once: a process must not answer its first calls by a default while a file says otherwise. */
  initialize(): void {
    this.#users += 1;
    if (this.#following !== undefined) return;
    const { path, maxBytes, watch } = this.#settings;
    this.#begun += 1;
    const seen = lookSync(path, maxBytes);
    this.#judge(seen, seen.bytes && (this.#known(seen.bytes) ?? understand(seen.bytes)), true);
    inRootScope(() => {
      this.#following = {
        watch: watch ? new DirectoryWatch(path, () => this.#lookSoon()) : undefined,
        poll: undefined,
        settle: undefined,
      };
      void this.#following.watch?.ensure();
      this.#pollLater();
    });
  }

  onClose(): void {
    this.#users = Math.max(0, this.#users - 1);
    const following = this.#following;
    if (this.#users > 0 || following === undefined) return;
    this.#following = undefined;
    following.watch?.close();
    this.#settings.clock.clearTimeout(following.poll);
    this.#settings.clock.clearTimeout(following.settle);
  }

  /** One look at a time; whoever comes during one gets the next, which sees what is there now. */
  reload(): Promise<void> {
    if (this.#looking === undefined) {
      this.#looking = this.#look().finally(() => {
        this.#looking = undefined;
      });
      return this.#looking;
    }
    this.#lookingNext ??= this.#looking.then(() => {
      this.#lookingNext = undefined;
      return this.reload();
    });
    return this.#lookingNext;
  }

  async #look(): Promise<void> {
    const { path, maxBytes } = this.#settings;
    const begun = this.#begun;
    const seen = await look(path, maxBytes);
    const { bytes } = seen;
    const verdict = bytes && (this.#known(bytes) ?? (await understandInTurns(bytes)));
    if (begun === this.#begun) this.#judge(seen, verdict, false);
  }

  #known(bytes: Buffer): FileVerdict | undefined {
    return this.#seen?.bytes.equals(bytes) ? this.#seen.verdict : undefined;
  }

  #pollLater(): void {
    const following = this.#following;
    if (following === undefined) return;
    following.poll = this.#settings.clock.setTimeout(() => {
      void Promise.all([following.watch?.ensure(), this.reload()]).then(() => this.#pollLater());
    }, this.#settings.pollMs);
  }

  /** At most one look in `settleMs`, however busy the directory is. */
  #lookSoon(): void {
    const following = this.#following;
    if (following === undefined || following.settle !== undefined) return;
    following.settle = this.#settings.clock.setTimeout(() => {
      following.settle = undefined;
      void this.reload();
    }, this.#settings.settleMs);
  }

  /** @param verdict - of the bytes, if there are any */
  #judge({ bytes, trouble }: FileLook, verdict: FileVerdict | undefined, atStart: boolean): void {
    if (bytes !== undefined && verdict !== undefined) this.#seen = { bytes, verdict };
    if (verdict?.table !== undefined) this.#good(verdict.table);
    else this.#broken(verdict?.trouble ?? trouble ?? '', atStart);
  }

  #good(table: FlagTable): void {
    this.#suspected = undefined;
    if (this.#reported !== undefined) {
      this.#reported = undefined;
      this.#tell('is good again');
      this.events.emit('PROVIDER_READY');
    }
    if (this.#table === table) return;
    this.#table = table;
    this.events.emit('PROVIDER_CONFIGURATION_CHANGED');
  }

  #broken(trouble: string, atStart: boolean): void {
    if (trouble === this.#reported) return;
    if (!atStart && trouble !== this.#suspected) {
      this.#suspected = trouble;
      this.#lookSoon();
      return;
    }
    this.#suspected = undefined;
    this.#reported = trouble;
    const holding = this.#table === undefined ? 'no stage is known' : 'the last good content holds';
    const message = this.#tell(`${trouble}; ${holding}`);
    this.events.emit('PROVIDER_ERROR', { message });
  }

  #tell(what: string): string {
    const message = `Flag file ${this.#settings.path} ${what}.`;
    attempt(() => disregard(this.#settings.logger.warn(`engramia-cutover: ${message}`)));
    return message;
  }
}
