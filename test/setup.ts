import { loadCaller } from '../src/engramia/lazy-caller.ts';

// What a client's calls are made with is loaded in real time, for which a clock that is set by hand does not wait. How it is
// loaded is tested in processes of its own, and by all programs that tests start.
await loadCaller();
