export type { Outage } from './emulator.ts';
export type { KeyScope } from './engine/key-ring.ts';
export type { RateLimits } from './engine/rate-limits.ts';
export type { Role } from './engine/roles.ts';
export type { StorageMode } from './engine/state.ts';
export { type FakeClock, fakeClock } from './fake-clock.ts';
export { type FakeEngramia, fakeEngramia } from './fake-engramia.ts';
export type { Fetch } from './fake-fetch.ts';
export type { FakeEngramiaOptions } from './fake-options.ts';
export type { FakePattern } from './fake-pattern.ts';
export type { Fault } from './faults/fault.ts';
export { faults } from './faults/fault-plan.ts';
export { type FaultServer, faultServer } from './faults/fault-server.ts';
export type { FaultServerOptions } from './faults/fault-server-options.ts';
export {
  type FlagProviderHarness,
  type FlagProviderSuiteOptions,
  testFlagProvider,
} from './flag-provider-suite.ts';
export { type ReferenceJudge, referenceJudge } from './reference-judge.ts';
export type { LoggedRequest } from './request-log.ts';
export type { StoreHarness } from './stores/store-harness.ts';
export { type StoreSuiteOptions, testStore } from './stores/store-suite.ts';
