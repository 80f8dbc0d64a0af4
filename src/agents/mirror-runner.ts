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
  readonly model?: string | Model;
  /** For agents whose model is a name: with it a client and a key of its own. */
  readonly modelProvider?: ModelProvider;
}

/** The same settings, but that the provider keeps nothing. What it is sent besides them could ask it to, too. */
export function unstored(settings: ModelSettings | undefined): ModelSettings {
  const { store: _kept, ...providerData } = settings?.providerData ?? {};
  return { ...settings, ...(settings?.providerData && { providerData }), store: false };
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

/** A conversation that can be read and does not change. */
export function readOnlySession(session: Session): Session {
  return {
    getSessionId: () => session.getSessionId(),
    getItems: (limit) => session.getItems(limit),
    addItems: async () => undefined,
    popItem: async () => undefined,
    clearSession: async () => undefined,
  };
}
