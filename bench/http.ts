// Servers beside each other over HTTP. --quick only shows that everything runs: its figures mean nothing.
import { inFlightFigures } from './http/in-flight.ts';
import { measureRounds } from './http/rounds.ts';
import { openSite } from './http/site.ts';
import { inFlightTable, roundsTable, verdictTable } from './http/tables.ts';
import { frameworks, type Variant, variants } from './http/variants.ts';
import { inFlightVerdicts, requestVerdicts, streamVerdicts, type Verdict } from './http/verdict.ts';
import { machine } from './report.ts';

const isQuick = process.argv.includes('--quick');

const size = isQuick
  ? { requests: 20, streams: 4, blocks: 2, warmUps: 1, inFlight: 1_000, rounds: 1 }
  : { requests: 1_500, streams: 50, blocks: 20, warmUps: 2, inFlight: 10_000, rounds: 15 };

// Starting servers is what takes time.
const measured: readonly Variant[] = isQuick
  ? ['bare', 'twin', 'shadow', 'launchDarkly']
  : variants;
const streaming: readonly Variant[] = ['bare', 'twin', 'shadow'];
const { blocks, warmUps } = size;
const verdicts: Verdict[] = [];
console.log(machine());

for (const framework of frameworks) {
  using open = new DisposableStack();
  const sites = await Promise.all(
    measured.map(async (name) => [name, open.use(await openSite(framework, name))] as const),
  );
  const common = { blocks, warmUps, connections: 4 };
  const requests = await measureRounds({
    ...common,
    sites,
    path: '/chat',
    requests: size.requests,
    timed: 'wholeMs',
  });
  console.log(`\n${roundsTable(framework, requests)}`);
  const streams = await measureRounds({
    ...common,
    sites: sites.filter(([name]) => streaming.includes(name)),
    path: '/stream',
    requests: size.streams,
    timed: 'firstMs',
  });
  console.log(`\n${roundsTable(`${framework}, first byte of a stream`, streams)}`);
  verdicts.push(...requestVerdicts(framework, requests), ...streamVerdicts(framework, streams));
}

const inFlight = await inFlightFigures(size.inFlight, size.rounds);
verdicts.push(...inFlightVerdicts(inFlight));
console.log(`\n${inFlightTable(inFlight)}\n\n${verdictTable(verdicts)}\n`);
console.log(
  `Added is the median over ${blocks} rounds, spread the 95th percentile of its size; background work is drained and in the CPU.`,
);
