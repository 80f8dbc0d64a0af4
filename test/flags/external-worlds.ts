import { EventEmitter } from 'node:events';
import { init, integrations, type LDClient } from '@launchdarkly/node-server-sdk';
import { FlagdCore } from '@openfeature/flagd-core';
import { type Client, InMemoryProvider, OpenFeature, type Provider } from '@openfeature/server-sdk';
import type { FlagProvider } from 'engramia-cutover/flags';
import { Unleash } from 'unleash-client';
import { onTestFinished } from 'vitest';
import { type Stage, stageNames } from '../../src/core/stage.ts';

/** The flag of the tests. */
export const flagKey = 'cutover.chat';

const ignore = (): void => undefined;
const variants = Object.fromEntries(stageNames.map((stage) => [stage, stage]));

/** A service of flags with the stages of tenants, and what a test does to it. */
export interface FlagService {
  set(tenant: string, stage: Stage): void | Promise<void>;
}

let domains = 0;

/** A client of OpenFeature in a domain of its own, with whatever provider a test gives it. */
export async function openFeatureClient(provider: Provider): Promise<Client> {
  domains += 1;
  const domain = `test-${domains}`;
  await OpenFeature.setProviderAndWait(domain, provider);
  return OpenFeature.getClient(domain).setLogger({
    error: ignore,
    warn: ignore,
    info: ignore,
    debug: ignore,
  });
}

/** OpenFeature's own provider in memory. */
export function inMemory(): FlagService & { readonly provider: InMemoryProvider } {
  const stages = new Map<unknown, Stage>();
  const contextEvaluator = ({ targetingKey }: { targetingKey?: string }): string =>
    stages.get(targetingKey) ?? 'off';
  const flags = {
    [flagKey]: { variants, defaultVariant: 'off', disabled: false, contextEvaluator },
  };
  const provider = new InMemoryProvider(flags);
  return {
    provider,
    set(tenant, stage) {
      stages.set(tenant, stage);
      provider.putConfiguration(flags);
    },
  };
}

/** flagd's evaluation in this process, with a rule for each tenant. */
export function flagd(): FlagService & { readonly provider: FlagProvider } {
  const core = new FlagdCore();
  const stages = new Map<string, Stage>();
  const publish = (): void => {
    const rules = [...stages].flatMap(([tenant, stage]) => [
      { '==': [{ var: 'targetingKey' }, tenant] },
      stage,
    ]);
    const targeting = { if: [...rules, 'off'] };
    const flag = { state: 'ENABLED', variants, defaultVariant: 'off', targeting };
    core.setConfigurations(JSON.stringify({ flags: { [flagKey]: flag } }));
  };
  publish();
  return {
    provider: {
      metadata: { name: 'flagd' },
      inProcess: true,
      resolveStringEvaluation: (...call) => core.resolveStringEvaluation(...call),
    },
    set(tenant, stage) {
      stages.set(tenant, stage);
      publish();
    },
  };
}

/** LaunchDarkly's client with their own test data: no network, no events. */
export async function launchDarkly(
  kind = 'user',
): Promise<FlagService & { readonly client: LDClient; readonly data: integrations.TestData }> {
  const data = new integrations.TestData();
  const flag = () => data.flag(flagKey);
  await data.update(
    flag()
      .variations(...stageNames)
      .offVariation(0)
      .fallthroughVariation(0),
  );
  const client = init('test', {
    updateProcessor: data.getFactory(),
    sendEvents: false,
    diagnosticOptOut: true,
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });
  await client.waitForInitialization({ timeout: 5 });
  onTestFinished(() => client.close());
  return {
    client,
    data,
    set: (tenant, stage) =>
      data.update(
        flag().variationForContext(kind, tenant, stageNames.indexOf(stage)),
      ) as Promise<void>,
  };
}

/** Toggles of Unleash in memory, where its client would keep what it has fetched. */
class Toggles extends EventEmitter {
  readonly stages = new Map<string, Stage>();
  enabled = true;

  getToggle(name: string) {
    return this.getToggles().find((toggle) => toggle.name === name);
  }

  getToggles() {
    const overridden = (stage: Stage) =>
      [...this.stages].filter(([, its]) => its === stage).map(([tenant]) => tenant);
    return [
      {
        name: flagKey,
        type: 'release',
        enabled: this.enabled,
        stale: false,
        impressionData: false,
        strategies: [{ name: 'default', parameters: {}, constraints: [] }],
        variants: stageNames.map((stage) => ({
          name: stage,
          weight: stage === 'off' ? 1000 : 0,
          overrides: [{ contextName: 'userId', values: overridden(stage) }],
        })),
      },
    ];
  }

  getTogglesWithSegmentData() {
    return [];
  }

  getSegment() {
    return undefined;
  }

  async start(): Promise<void> {
    this.emit('ready');
  }

  stop(): void {}
}

/** Unleash's client on toggles in memory: no network, no metrics. */
export async function unleash(): Promise<
  FlagService & { readonly client: Unleash; turn(on: boolean): void }
> {
  const repository = new Toggles();
  const client = new Unleash({
    appName: `test-${Math.random()}`,
    url: 'http://127.0.0.1:9/',
    disableMetrics: true,
    skipInstanceCountWarning: true,
    repository: repository as never,
  });
  onTestFinished(() => client.destroy());
  await new Promise((resolve) => client.once('ready', resolve));
  return {
    client,
    set(tenant, stage) {
      repository.stages.set(tenant, stage);
      repository.emit('changed', []);
    },
    turn(on) {
      repository.enabled = on;
      repository.emit('changed', []);
    },
  };
}
