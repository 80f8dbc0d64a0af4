import type { Leg } from '../stage.ts';
import type { TokenUsage } from './token-usage.ts';

/** Whose call it is, and what it asks for. */
export interface Subject {
  /** The customer: the Engramia scope, and the unit that is moved. Absent or empty: served by legacy, nothing learned. */
  tenant?: string | undefined;
  /** The end user within the tenant. */
  user?: string | undefined;
  /** What the user asked for, in words: the text that is learned and later recalled. */
  task: string;
  /** The conversation that the call belongs to. */
  conversation?: string | undefined;
  /** More facts for the flag provider. */
  attributes?: Record<string, string | number | boolean> | undefined;
}

/** One turn of a conversation as it was served to the user. */
export interface Turn {
  /** Who said it. */
  role: 'user' | 'assistant';
  /** What was said, as far as the transcript keeps it. */
  text: string;
  /** The leg that answered this turn. */
  leg: Leg;
  /** When it was served, milliseconds since the epoch. */
  at: number;
}

/** A tool that a leg called. */
export interface ToolCall {
  name: string;
  /** What it was called with: data, or text that holds JSON. */
  arguments: unknown;
  /** What it answered. Absent: nobody told. */
  result?: unknown;
}

/** A reply as the library reads it, whatever shape the handler answers in. */
export interface ReplyView {
  /** What the user reads; an empty one is not learned. */
  text: string;
  /** The tools that were called for it, in order. Absent: nobody told. */
  toolCalls?: readonly ToolCall[] | undefined;
}

/** What a candidate knows about its own run and tells by `context.report`. */
export interface ReportedFacts {
  /** The tools that it called, in order. */
  toolCalls?: readonly ToolCall[];
  /** Tokens that it used. */
  usage?: TokenUsage;
  /** Keys of the patterns that were recalled. */
  recalled?: readonly string[];
}
