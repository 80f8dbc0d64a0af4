import { figuresOf, runBench } from './bench-run.ts';
import { brokenFloors, machine, notes, pathTable, targetTable } from './report.ts';

const size = {
  pathRounds: 15,
  tenantRounds: 5,
  queueRounds: 3,
  importRounds: 5,
  deliveryRounds: 3,
  compareRounds: 5,
  trailEntries: 20_000,
};

console.log(machine());
const run = await runBench(size, (part) => console.log(`measuring: ${part}`));
const figures = figuresOf(run);
console.log(`\n${pathTable(run.path)}\n\n${notes(run)}\n\n${targetTable(figures)}\n`);
const broken = brokenFloors(figures);
for (const line of broken) console.error(`below the floor: ${line}`);
console.log(broken.length === 0 ? 'all floors hold' : `${broken.length} floors are broken`);
process.exitCode = broken.length === 0 ? 0 : 1;
