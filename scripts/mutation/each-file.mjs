// Runs before each file of tests, in the process that they share.
const { activeMutant, mutantCoverage } = globalThis.__stryker__ ?? {};

// What a file does on being loaded is part of no test, so the mutant of the file before has to be gone by then.
if (activeMutant !== undefined) globalThis.__stryker__.activeMutant = undefined;

// Each file tells what it covered. With all that files before it did, too, thousands of mutants need more memory than there is,
// and loops may go round a hundred times as often before they are taken for endless.
for (const covered of Object.values(mutantCoverage ?? {})) {
  for (const key of Object.keys(covered)) delete covered[key];
}
