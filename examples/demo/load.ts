import { setTimeout as pause } from 'node:timers/promises';
import type { Leg } from 'engramia-cutover';
import { isWrong, type Reply } from './models.ts';
import { drawQuestion, type Question } from './questions.ts';

/** One question as its user experienced it, and as a user of the bare app did. */
export interface Sample {
  readonly tenant: string;
  readonly message: string;
  /** The leg that answered; undefined: the user got an error, or somebody else's answer. */
  readonly leg: Leg | undefined;
  /** The answer is about something else than was asked. */
  readonly wrong: boolean;
  readonly ms: number;
  readonly bareMs: number;
  /** Whether the bare app answered. */
  readonly bareOk: boolean;
}

interface Answer {
  readonly leg: Leg | undefined;
  readonly wrong: boolean;
  readonly ms: number;
}

/** Users that ask at the same time. */
const users = 6;
/** Milliseconds that a user thinks at most before the next question. */
const thinkMs = 40;

/** Asks over HTTP, on connections that are kept alive. Never rejects. */
async function ask(url: string, question: Question): Promise<Answer> {
  const { tenant, user, message } = question;
  const started = performance.now();
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-tenant': tenant, 'x-user': user },
      body: JSON.stringify({ message }),
    });
    const reply = (await response.json()) as Reply;
    const ms = performance.now() - started;
    const isMine = response.status === 200 && reply.text.includes(` for ${tenant}: `);
    return { leg: isMine ? reply.by : undefined, wrong: isMine && isWrong(reply, question), ms };
  } catch {
    return { leg: undefined, wrong: false, ms: performance.now() - started };
  }
}

/** Where the same questions are asked. */
export interface Targets {
  /** The app with the middleware. */
  readonly ours: string;
  /** The same app without it. */
  readonly bare: string;
}

/** Asks each question of both apps, one after the other, by turns which is first. */
async function askBoth(targets: Targets, question: Question, oursFirst: boolean): Promise<Sample> {
  const first = await ask(oursFirst ? targets.ours : targets.bare, question);
  const second = await ask(oursFirst ? targets.bare : targets.ours, question);
  const [ours, bare] = oursFirst ? [first, second] : [second, first];
  return {
    tenant: question.tenant,
    message: question.message,
    leg: ours.leg,
    wrong: ours.wrong,
    ms: ours.ms,
    bareMs: bare.ms,
    bareOk: bare.leg === 'legacy',
  };
}

/** How long users ask, and how many pairs of calls there are even on the slowest machine. */
export interface Length {
  /** Milliseconds at least. */
  readonly ms: number;
  /** @default 20: fewer would show nothing */
  readonly leastPairs?: number;
}

/** What users look at between two questions. */
export interface Watch {
  /** Whether what they ask on for is there. @default it is */
  readonly hasCome?: () => boolean;
  /** Whether they wait: what is compared off their path gives way to them, and is to keep pace. @default never */
  readonly isBehind?: () => boolean;
}

/** Lets users ask for so long, and on until something has come true; resolves when the last of them was answered. */
export async function drive(
  targets: Targets,
  { ms, leastPairs = 20 }: Length,
  random: () => number,
  record: (sample: Sample) => void,
  { hasCome = () => true, isBehind = () => false }: Watch = {},
): Promise<void> {
  const until = performance.now() + ms;
  let asked = 0;
  const use = async (): Promise<void> => {
    while (performance.now() < until || asked < leastPairs || !hasCome()) {
      asked += 1;
      record(await askBoth(targets, drawQuestion(random, asked), asked % 2 === 0));
      do await pause(random() * thinkMs);
      while (isBehind());
    }
  };
  await Promise.all(Array.from({ length: users }, use));
}
