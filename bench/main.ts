import { figuresOf, runBench } from './bench-run.ts';
import { hangingLatency } from './hanging-latency.ts';
import { latencyTable, machine, notes, pathTable, targetTable } from './report.ts';

const size = {
  pathRounds: 21,
  tenantRounds: 11,
  queueRounds: 7,
  importRounds: 15,
  deliveryRounds: 11,
  compareRounds: 15,
  trailEntries: 1_000_000,
};

console.log(machine());
const run = await runBench(size, (part) => console.log(`measuring: ${part}`));
console.log('measuring: latency over HTTP');
const latency = await hangingLatency();
console.log(`\n${pathTable(run.path)}\n\n${notes(run)}\n\n${latencyTable(latency)}`);
console.log(`\n${targetTable(figuresOf(run))}`);
