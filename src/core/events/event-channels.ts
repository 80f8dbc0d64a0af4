import { AsyncResource } from 'node:async_hooks';
import { type Channel, channel } from 'node:diagnostics_channel';
import { inRootScope } from '../root-scope.ts';
import type { CutoverEvent, CutoverEventType } from './events.ts';

/** What every channel's name begins with; the event's type follows. */
const channelPrefix = 'engramia-cutover:';

/** The channel of each event. They belong to the process: all its cutovers publish to the same. */
export const eventChannels: Readonly<Record<CutoverEventType, Channel>> = {
  decided: channel(`${channelPrefix}decided`),
  served: channel(`${channelPrefix}served`),
  fallback: channel(`${channelPrefix}fallback`),
  learned: channel(`${channelPrefix}learned`),
  compared: channel(`${channelPrefix}compared`),
  settled: channel(`${channelPrefix}settled`),
  dropped: channel(`${channelPrefix}dropped`),
  delivery: channel(`${channelPrefix}delivery`),
  stage: channel(`${channelPrefix}stage`),
  gate: channel(`${channelPrefix}gate`),
  rollback: channel(`${channelPrefix}rollback`),
  gone: channel(`${channelPrefix}gone`),
  error: channel(`${channelPrefix}error`),
};

type Subscriber = (event: unknown, name: string) => unknown;

/** An event on its way to its channel. */
interface Message {
  readonly scope: AsyncResource;
  readonly event: CutoverEvent;
  /** Calls one subscriber, and contains what it throws. */
  readonly tell: (subscriber: () => unknown) => void;
}

let waiting: Message[] = [];

/**
 * Publishes an event in the next turn of the loop, in the async context in which it happened: whoever subscribes, the
 * caller has its reply before.
 */
export function publishSoon(event: CutoverEvent, tell: Message['tell']): void {
  const scope = new AsyncResource('engramia-cutover.event');
  if (waiting.push({ scope, event, tell }) > 1) return;
  inRootScope(() => setImmediate(publishWaiting));
}

function publishWaiting(): void {
  const messages = waiting;
  waiting = [];
  for (const message of messages) message.scope.runInAsyncScope(publish, undefined, message);
}

function publish({ event, tell }: Message): void {
  const to = eventChannels[event.type];
  // Node ends the process for what a subscriber throws, so each is called from here, as `publish` would call it.
  const { _subscribers: subscribers } = to as Channel & { readonly _subscribers?: Subscriber[] };
  if (subscribers === undefined) to.publish(event);
  else for (const subscriber of subscribers) tell(() => subscriber(event, to.name as string));
}
