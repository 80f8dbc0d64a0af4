import { Agent } from '@openai/agents';
import type { ToolCall } from '../../core/call/subject.ts';
import { parsedJson } from '../../core/text/parsed-json.ts';
import type {
  AnyAgent,
  AnyFunctionTool,
  AnyHandoff,
  AnyRunContext,
  AnyTool,
} from '../sdk-types.ts';
import { sourceOf, type ToolSource } from './agent-tool.ts';
import { AgentDivergedError } from './diverged-error.ts';
import { guardedTool } from './guarded-tool.ts';
import { type MirrorModels, nestedRunConfig, nestedRunOptions, unstored } from './mirror-runner.ts';
import { withPossibleChoice } from './possible-choice.ts';
import { RecordedCalls } from './recorded-calls.ts';
import { declaredPolicy, mayStay, type ToolPolicy, type ToolRules } from './tool-policy.ts';

/** What a guard is given for one mirrored run. */
export interface GuardSettings {
  readonly rules: ToolRules;
  readonly models: MirrorModels;
  /** Asked for once, when the first call is to be replayed. */
  readonly recorded: () => readonly ToolCall[] | PromiseLike<readonly ToolCall[]>;
  /** Told why the run ends: the SDK may wrap what is thrown. */
  readonly stopping: (reason: Error) => void;
}

const denial = (name: string): string =>
  `The tool ${name} was not run: this is a trial, in which nothing may be changed.`;

/**
 * Copies agents so that they cannot act, for one run. A copy has no tools, servers and hand-offs of its own: each time it is
 * asked for them it looks at those that the live agent has now, and gives guarded ones. The live agent is never changed.
 */
export class Guard {
  readonly #settings: GuardSettings;
  /** Agents hand off to one another in circles. */
  readonly #copies = new Map<AnyAgent, AnyAgent>();
  #calls: Promise<RecordedCalls> | undefined;
  #step = 0;
  #stopped: Error | undefined;

  constructor(settings: GuardSettings) {
    this.#settings = settings;
  }

  copyOf(live: AnyAgent): AnyAgent {
    const known = this.#copies.get(live);
    if (known !== undefined) return known;
    const { model } = this.#settings.models;
    // The plain agent's own way: a subclass may bring capabilities of its own along, and is not needed to answer.
    const copy: AnyAgent = Agent.prototype.clone.call(live, {
      tools: [],
      mcpServers: [],
      handoffs: [],
      ...(model !== undefined && { model }),
    });
    this.#copies.set(live, copy);
    // The agent's own settings go before those of the runner. Set here, those that the SDK chose stay its own.
    const settings = unstored(copy.modelSettings);
    copy.modelSettings = settings;
    copy.getMcpTools = async () => [];
    copy.getAllTools = async (runContext) => {
      const before = await live.getAllTools(runContext);
      const left = before.flatMap((tool) => this.#guarded(tool));
      const hasHandoffs = live.handoffs.length > 0;
      // The SDK asks for tools first, and then reads the settings, at every turn.
      copy.modelSettings = withPossibleChoice(settings, { before, left, hasHandoffs });
      return left;
    };
    copy.getEnabledHandoffs = (runContext) => this.#handoffsOf(live, runContext);
    return copy;
  }

  async #handoffsOf(live: AnyAgent, runContext: AnyRunContext): Promise<AnyHandoff[]> {
    const handoffs = await live.getEnabledHandoffs(runContext);
    return handoffs.map((handoff) => {
      const agent = this.copyOf(handoff.agent);
      // Without the app's own callback: it may well write down that somebody was handed over.
      return handoff.clone({ agent, onInvokeHandoff: async () => agent });
    });
  }

  #guarded(tool: AnyTool): AnyTool[] {
    const { rules } = this.#settings;
    if (tool.type !== 'function') return mayStay(rules, tool) ? [tool] : [];
    const declared = declaredPolicy(rules, tool.name);
    const source = sourceOf(tool);
    if (declared === undefined && source !== undefined) return [this.#agentTool(tool, source)];
    return [this.#underPolicy(tool, declared ?? rules.others)];
  }

  #agentTool(tool: AnyFunctionTool, { agent, options }: ToolSource): AnyFunctionTool {
    const { onStream: _told, needsApproval: _asked, isEnabled: _checked, ...rest } = options;
    const made = this.copyOf(agent).asTool({
      ...rest,
      runConfig: nestedRunConfig(options.runConfig ?? {}, this.#settings.models),
      runOptions: nestedRunOptions(options.runOptions ?? {}),
    });
    return guardedTool(tool, async (runContext, input, details) => {
      this.#step += 1;
      const output: unknown = await made.invoke(runContext, input, details);
      // To the agent that asks, a run within that was stopped is but a tool that failed.
      if (this.#stopped !== undefined) throw this.#stopped;
      return output;
    });
  }

  #underPolicy(tool: AnyFunctionTool, policy: ToolPolicy): AnyFunctionTool {
    if (policy === 'execute') {
      return {
        ...tool,
        // The search that would load it was taken away, and without it the SDK asks no model.
        deferLoading: false,
        invoke: (...given) => {
          this.#step += 1;
          return tool.invoke(...given);
        },
      };
    }
    return guardedTool(tool, async (_runContext, input) => {
      this.#step += 1;
      if (policy === 'deny') return denial(tool.name);
      if (policy === 'replay') return this.#replay(tool.name, input, this.#step);
      const { stub } = policy;
      return typeof stub === 'function' ? stub(parsedJson(input)) : stub;
    });
  }

  async #replay(tool: string, input: string, step: number): Promise<unknown> {
    this.#calls ??= Promise.resolve(this.#settings.recorded()).then(
      (calls) => new RecordedCalls(calls),
    );
    const recorded = (await this.#calls).take(tool, input);
    if (recorded !== undefined) return recorded.result;
    const diverged = new AgentDivergedError({ step, tool, arguments: parsedJson(input) });
    this.#stopped ??= diverged;
    this.#settings.stopping(this.#stopped);
    throw this.#stopped;
  }
}
