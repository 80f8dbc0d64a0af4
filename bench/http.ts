// Servers beside each other over HTTP. --quick only shows that everything runs: its figures mean nothing.
import { inFlightFigures } from './http/in-flight.ts';
import { measureRounds } from './http/rounds.ts';
import { openSite } from './http/site.ts';
import { costTable, inFlightTable, latencyTable, verdictTable } from './http/tables.ts';
import { frameworks, type Variant, variants } from './http/variants.ts';
import { inFlightVerdicts, requestVerdicts, streamVerdicts, type Verdict } from './http/verdict.ts';
import { warmUp } from './http/warm-up.ts';
import { machine } from './report.ts';

const isQuick = process.argv.includes('--quick');

/**
 * Requests of a block in which CPU is measured. A processor that has rested is slow for a while: in bursts of 600, a bare server
 * costs half as much again as one that is kept busy.
 */
const busy = 3_000;

const size = isQuick
  ? {
      warm: 20,
      leastBlocks: 0,
      mostBlocks: 2,
      closed: 20,
      open: 20,
      streams: 4,
      manyStreams: 4,
      blocks: 2,
      inFlight: 1_000,
    }
  : {
      warm: 2_000,
      leastBlocks: 15,
      mostBlocks: 24,
      closed: busy,
      open: 120,
      streams: 50,
      manyStreams: 300,
      blocks: 20,
      inFlight: 1e4,
    };

/** The bound of warming up all servers of a framework: V8 goes on compiling what a server does until its 30,000th request. */
const warmUpMs = 90_000;
/** About a tenth of what a server can do: users wait for one another only where they come at the same moment. */
const perSecond = 800;

// Starting servers is what takes time.
const measured: readonly Variant[] = isQuick
  ? ['bare', 'twin', 'shadow', 'launchDarkly']
  : variants;
const streaming: readonly Variant[] = isQuick
  ? ['bare', 'twin', 'shadow']
  : ['bare', 'twin', 'dualwrite', 'shadow'];
const { blocks } = size;
const verdicts: Verdict[] = [];
console.log(machine());

for (const framework of frameworks) {
  using open = new DisposableStack();
  const sites = await Promise.all(
    measured.map(async (name) => [name, open.use(await openSite(framework, name))] as const),
  );
  const chat = { sites, path: '/chat', timed: 'wholeMs' } as const;
  const closed = { ...chat, connections: 4 };
  const { leastBlocks, mostBlocks } = size;
  const bounds = { leastBlocks, mostBlocks, mostMs: warmUpMs };
  const warmth = await warmUp({ ...closed, requests: size.warm, ...bounds });
  const costs = await measureRounds({ ...closed, requests: size.closed, blocks, warmUps: 0 });
  console.log(`\n${costTable(framework, costs, warmth)}`);
  const paced = { ...chat, connections: 32, perSecond };
  const waits = await measureRounds({ ...paced, requests: size.open, blocks, warmUps: 1 });
  console.log(`\n${latencyTable(`${framework}, ${perSecond} requests a second`, waits)}`);
  const stream = {
    sites: sites.filter(([name]) => streaming.includes(name)),
    path: '/stream',
    connections: 4,
    timed: 'firstMs',
  } as const;
  const many = { ...stream, requests: size.manyStreams };
  const streamWarmth = await warmUp({ ...many, ...bounds });
  const streamCosts = await measureRounds({ ...many, blocks, warmUps: 0 });
  console.log(`\n${costTable(`${framework}, streams`, streamCosts, streamWarmth)}`);
  const streams = await measureRounds({ ...stream, requests: size.streams, blocks, warmUps: 1 });
  console.log(`\n${latencyTable(`${framework}, first byte of a stream`, streams)}`);
  verdicts.push(...requestVerdicts(framework, { costs, waits }));
  verdicts.push(...streamVerdicts(framework, streams));
}

const inFlight = await inFlightFigures(size.inFlight, isQuick ? 1 : 15);
verdicts.push(...inFlightVerdicts(inFlight));
console.log(`\n${inFlightTable(inFlight)}\n\n${verdictTable(verdicts)}\n`);
console.log(
  [
    `Added is the median over ${blocks} rounds, spread the 95th percentile of its size; background work is drained and in the CPU.`,
    'CPU is that of servers that are kept busy and are warm: cold is what each of the first requests cost, warm after how many',
    `it fell no longer, or the time for that was up. What users wait is measured at ${perSecond} requests a second, whatever the server does.`,
  ].join('\n'),
);
