import {
  type Model,
  type ModelProvider,
  type ModelSettings,
  type RunConfig,
  Runner,
  type Session,
} from '@openai/agents';

/** The models of mirrored runs; absent: those of served ones. */
export interface MirrorModels {
  /** For every agent, whatever model it has. */
  readonly model?: string | Model | undefined;
  /** For agents whose model is a name: with it a client and a key of its own. */
  readonly modelProvider?: ModelProvider | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Fields of a request by which the provider would keep something, or act. */
const acting = ['store', 'background', 'conversation', 'tools', 'tool_choice'] as const;

/** Names of what is sent besides the settings, over everything else. */
const besides = ['extra_body', 'extraBody'] as const;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** What an app has sent besides the settings, without what acts: neither guard nor SDK would see a tool in it. */
function idle(fields: Fields): Record<string, unknown> {
  const kept = { ...fields };
  for (const name of acting) delete kept[name];
  for (const name of besides) if (isFields(kept[name])) kept[name] = idle(kept[name]);
  return kept;
}

/** The same settings, but that the provider keeps nothing and acts for nobody. */
export function unstored(settings: ModelSettings | undefined): ModelSettings {
  const { providerData } = settings ?? {};
  return { ...settings, ...(providerData && { providerData: idle(providerData) }), store: false };
}

/** A configuration of the app's as a mirrored run may have it: nothing is traced, nothing is stored by the provider. */
function mirrored(config: Partial<RunConfig>, { model, modelProvider }: MirrorModels) {
  const { sandbox: _workplace, tracing: _traced, traceMetadata: _told, ...rest } = config;
  return {
    ...rest,
    ...(model !== undefined && { model }),
    ...(modelProvider !== undefined && { modelProvider }),
    modelSettings: unstored(config.modelSettings),
    tracingDisabled: true,
    traceIncludeSensitiveData: false,
  } satisfies Partial<RunConfig>;
}

/** A runner for one mirrored run: with the app's configuration, and none of its listeners. */
export function mirrorRunner(runner: Runner | undefined, models: MirrorModels): Runner {
  return new Runner(mirrored(runner?.config ?? {}, models));
}

/** The same for the run of an agent that is used as a tool. */
export const nestedRunConfig = mirrored;

/** What a run can be told besides its agent and its input, as far as a mirrored one may know it. */
export interface Conversing {
  session?: Session;
  conversationId?: string;
  previousResponseId?: string;
}

/** Without what would write to a conversation: one kept by the provider grows with every run. */
export function nestedRunOptions<T extends Conversing>(options: T) {
  const { session: _kept, conversationId: _there, previousResponseId: _last, ...rest } = options;
  return rest;
}

/** One that the provider keeps has no id before it is made, and whoever reads it makes it. */
const isUnmade = (session: Session): boolean =>
  'sessionId' in session && session.sessionId === undefined;

/** A conversation that can be read and does not change. */
export function readOnlySession(session: Session): Session {
  return {
    getSessionId: async () => (isUnmade(session) ? '' : session.getSessionId()),
    getItems: async (limit) => (isUnmade(session) ? [] : session.getItems(limit)),
    addItems: async () => undefined,
    popItem: async () => undefined,
    clearSession: async () => undefined,
  };
}
