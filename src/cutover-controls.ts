import type { CutoverControls } from './cutover.ts';
import type { CutoverCore } from './cutover-core.ts';

/** The controls of a cutover, as methods that work detached from it. */
export function controlsOf(core: CutoverCore): CutoverControls {
  return {
    on: (type, listener, options) => core.hub.on(type, listener, options),
    kill: (reason, options) => core.kill(reason, options),
    revive: () => core.revive(),
    stats: () => core.stats(),
    flush: (options) => core.flush(options),
    close: (options) => core.close(options),
    [Symbol.asyncDispose]: async () => void (await core.close()),
  };
}
