import { disregard } from '../../core/attempt.ts';
import type { CallContext } from '../../core/call/call-context.ts';
import type { Replying } from '../../core/call/replying.ts';
import { lastText } from '../../core/text/last-text.ts';
import { type Fields, fieldsOf } from '../fields.ts';
import { Lifetime } from '../lifetime.ts';
import { AssistantsApi } from './assistants-api.ts';
import { AssistantsRunError } from './assistants-error.ts';
import {
  type AssistantsLeg,
  type AssistantsLegOptions,
  type AssistantsReply,
  type AssistantsSettings,
  toAssistantsSettings,
} from './assistants-options.ts';
import { readReply } from './assistants-reply.ts';
import { AssistantsRun, type ToolRunner } from './assistants-run.ts';
import { ShadowThread } from './assistants-shadow.ts';

/** One call of the leg. */
interface Asking {
  readonly settings: AssistantsSettings;
  readonly api: AssistantsApi;
  readonly lifetime: Lifetime;
  readonly args: unknown[];
}

/** Starts a call, and lets go of all that it holds when it has ended. */
async function within<T>(
  settings: AssistantsSettings,
  args: unknown[],
  who: { readonly caller: AbortSignal | undefined; readonly isBackground: boolean },
  run: (asking: Asking) => Promise<T>,
): Promise<T> {
  const { timeoutMs, options } = settings;
  const late = (): Error => new AssistantsRunError('ERR_OPENAI_RUN_LATE', {});
  const lifetime = new Lifetime({ ...who, clock: options.clock, timeoutMs, late });
  try {
    return await run({ settings, api: new AssistantsApi(options.client), lifetime, args });
  } catch (error) {
    throw lifetime.signal.aborted ? lifetime.signal.reason : error;
  } finally {
    lifetime.end();
  }
}

/** The fields that a run begins with; its end is waited for, so it is not streamed. */
async function bodyOf({ settings: { options }, lifetime, args }: Asking): Promise<Fields> {
  const told = fieldsOf(await lifetime.until(options.run?.(...args)));
  const { stream: _, ...fields } = told;
  return { ...fields, assistant_id: options.assistantId };
}

function toolRunner(asking: Asking, threadId: string, only?: ReadonlySet<string>): ToolRunner {
  const { settings, lifetime, args } = asking;
  return (calls, runId) => {
    if (only !== undefined && calls.some(({ name }) => !only.has(name))) return undefined;
    const run = { threadId, runId, signal: lifetime.signal };
    return settings.options.toolOutputs?.(calls, run, ...args);
  };
}

async function answer(
  { settings: { options }, api, lifetime, args }: Asking,
  run: AssistantsRun,
  body: Fields,
  tools: ToolRunner,
): Promise<AssistantsReply> {
  const { input } = options;
  const content = input === undefined ? lastText(args, 'assistantsLeg') : input(...args);
  await run.say(await lifetime.until(content));
  return readReply(api, lifetime, run.threadId, await run.finish(body, tools));
}

async function serve(asking: Asking): Promise<AssistantsReply> {
  const { settings, api, lifetime, args } = asking;
  const threadId = await lifetime.until(settings.options.threadOf(...args));
  const run = new AssistantsRun(api, lifetime, settings, threadId);
  try {
    return await answer(asking, run, await bodyOf(asking), toolRunner(asking, threadId));
  } finally {
    disregard(run.cancel());
  }
}

async function mirror(asking: Asking, context: CallContext): Promise<AssistantsReply> {
  const { settings, api, lifetime } = asking;
  const thread = new ShadowThread(api, lifetime, settings.options.clock);
  let run: AssistantsRun | undefined;
  try {
    const threadId = await thread.open(context);
    run = new AssistantsRun(api, lifetime, settings, threadId);
    const body = await thread.harmless(await bodyOf(asking), settings.readOnly);
    const reply = await answer(asking, run, body, toolRunner(asking, threadId, settings.readOnly));
    const { toolCalls, usage } = reply;
    context.report({ ...(toolCalls && { toolCalls }), ...(usage && { usage }) });
    return reply;
  } finally {
    // A thread whose run is active cannot be relied on to be deleted.
    const cancelled = run?.cancel() ?? Promise.resolve();
    disregard(cancelled.then(() => thread.remove()));
  }
}

/**
 * Makes a leg of an assistant, or of anything that speaks the protocol of the Assistants API: a message, a run, its end and its
 * reply. The run is cancelled when the caller goes, or when the call takes too long.
 *
 * @throws InvalidOptionsError with every option that cannot be used. The leg itself rejects with an `AssistantsRunError`, with the
 * reason of the caller's abort, or with what the client throws.
 * @example
 * const legacy = assistantsLeg({
 *   client: new OpenAI(),
 *   assistantId: 'asst_1',
 *   threadOf: (userId: string, message: string) => threads.of(userId),
 *   reply: ({ text }) => text,
 * });
 */
export function assistantsLeg<A extends unknown[], R = AssistantsReply>(
  options: Replying<AssistantsLegOptions<A, R>, AssistantsReply, R>,
): AssistantsLeg<A, R> {
  // What is called with the arguments of a call is called with nothing else, so their types can be let go of.
  const settings = toAssistantsSettings(options as unknown as AssistantsLegOptions);
  const finish = async (reply: AssistantsReply): Promise<R> =>
    options.reply === undefined ? (reply as R) : options.reply(reply);
  const leg = async (...args: A): Promise<R> => {
    const who = { caller: options.signalOf?.(...args), isBackground: false };
    return finish(await within(settings, args, who, serve));
  };
  const shadow = async (context: CallContext, ...args: A): Promise<R> => {
    const who = { caller: context.signal, isBackground: context.mirrored };
    return finish(await within(settings, args, who, (asking) => mirror(asking, context)));
  };
  return Object.assign(leg, { shadow });
}
