// Stryker's own Vitest runner, made fast enough for thousands of mutants: the process of the tests is kept, the tests that are
// likeliest to fail run first, and nothing more is loaded after a failure. A mutant counts as found in a kept process only if
// the test that failed passes there without it; else it is run again in a fresh one. One that changes what is kept for good on
// first use may survive there alone, so the score is at most too low.
import { resolve } from 'node:path';
import { strykerPlugins as vitestPlugins } from '@stryker-mutator/vitest-runner';
import { endWorker, keptPool, killWorker, usesOfWorker } from './kept-worker.mjs';
import { Order } from './order.mjs';

export { strykerValidationSchema } from '@stryker-mutator/vitest-runner';

/** Each use leaves some listeners in the process. */
const usesPerWorker = 300;
/** What hangs fails after so long, and so many times what the slowest test beside it takes. */
const leastTimeoutMs = 2_000;
const timesAsSlow = 5;
const noMutant = 'none';
const passed = 0;

function keeping(runner, options) {
  const order = new Order();
  const inVitest = { init: runner.init, run: runner.run, mutantRun: runner.mutantRun };
  let wanted;
  let usualTimeoutMs;

  runner.init = async () => {
    await inVitest.init.call(runner);
    const { ctx } = runner;
    ctx.reporters = [];
    const start = ctx.start.bind(ctx);
    ctx.start = (files) => (wanted ? runWanted(wanted) : start(files));
    const { config } = ctx.projects[0];
    config.poolRunner = keptPool;
    usualTimeoutMs = config.testTimeout;
    ctx.config.sequence.sequencer = class {
      sort = (specs) => specs;
      shard = (specs) => specs;
    };
    ctx.onClose(endWorker);
  };

  /** In growing batches: what comes after a failure is not loaded. */
  async function runWanted({ source, ids }) {
    const { ctx } = runner;
    const [project] = ctx.projects;
    const idsOf = Map.groupBy(ids, (id) => id.slice(0, id.indexOf('#')));
    const specs = order.choose(source, idsOf).map(([file, own]) => {
      const names = own.map((id) =>
        id.slice(file.length + 1).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
      );
      const testNamePattern = new RegExp(`^\\s*(?:${names.join('|')})\\s*$`); // ids are trimmed
      const spec = project.createSpecification(resolve(file), { testNamePattern }, keptPool.name);
      return { spec, ids: own };
    });
    const errors = [];
    for (let from = 0, count = 1; from < specs.length; from += count, count *= 2) {
      const batch = specs.slice(from, from + count);
      const slowest = order.slowest(batch.flatMap(({ ids: own }) => own));
      const soon = leastTimeoutMs + timesAsSlow * slowest;
      project.config.testTimeout = Math.ceil(Math.min(soon, usualTimeoutMs));
      await ctx.runTestSpecifications(batch.map(({ spec }) => spec));
      if (ctx.state.getFiles().some((file) => file.result?.state === 'fail')) return;
      errors.push(...ctx.state.errorsSet); // the next batch forgets them
    }
    // By their messages: Stryker's runner crashes over what cannot be written down.
    for (const { message } of errors) ctx.state.errorsSet.add(new Error(String(message)));
    for (const error of errors) ctx.state.errorsSet.delete(error);
  }

  runner.run = async (request) => {
    const { testIds = [], relatedFiles } = request;
    wanted = testIds.length > 0 ? { source: relatedFiles[0], ids: testIds } : undefined;
    if (usesOfWorker() >= usesPerWorker) await endWorker();
    const result = await inVitest.run.call(runner, wanted ? { relatedFiles } : request);
    if (result.tests) order.learn(result.tests.filter((test) => test.status === passed));
    if (!wanted) order.share();
    return result;
  };

  async function runOnce(mutantRun) {
    const patience =
      options.timeoutMS + options.timeoutFactor * order.mostSpent(mutantRun.testFilter);
    let isLate = false;
    const late = setTimeout(() => {
      isLate = true;
      killWorker();
    }, patience);
    try {
      const result = await inVitest.mutantRun.call(runner, mutantRun);
      return isLate ? { status: 'timeout' } : result;
    } finally {
      clearTimeout(late);
    }
  }

  async function isFreeOf(mutantRun, tests) {
    const activeMutant = { ...mutantRun.activeMutant, id: noMutant };
    const { status } = await runOnce({ ...mutantRun, activeMutant, testFilter: tests });
    return status === 'survived';
  }

  runner.mutantRun = async (mutantRun) => {
    if (!mutantRun.testFilter?.length) return inVitest.mutantRun.call(runner, mutantRun);
    order.take();
    const isFresh = usesOfWorker() === 0;
    const begunAt = performance.now();
    let result = await runOnce(mutantRun);
    const ms = performance.now() - begunAt;
    const isSure =
      isFresh ||
      ['survived', 'timeout'].includes(result.status) ||
      (result.status === 'killed' && (await isFreeOf(mutantRun, [result.killedBy].flat())));
    if (!isSure) {
      await endWorker();
      result = await runOnce(mutantRun);
    }
    if (result.status === 'killed') {
      for (const id of [result.killedBy].flat()) {
        order.foundBy(mutantRun.sandboxFileName, id.slice(0, id.indexOf('#')), ms);
      }
    } else if (result.status !== 'survived') await endWorker();
    return result;
  };
  return runner;
}

const [vitest] = vitestPlugins;
const create = (injector) => keeping(vitest.factory(injector), injector.resolve('options'));
create.inject = vitest.factory.inject;

export const strykerPlugins = [{ ...vitest, factory: create }];
