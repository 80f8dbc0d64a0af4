import { CutoverError } from '../errors.ts';

/** The last argument that is a text, which is what most handlers are asked by. */
export function lastText(args: readonly unknown[], leg: string): string {
  const text = args.findLast((argument) => typeof argument === 'string');
  if (text !== undefined) return text as string;
  throw new CutoverError(
    'ERR_CUTOVER_INVALID_OPTIONS',
    `No argument of the call is a text: ${leg} needs the option "input" to know what is asked.`,
  );
}
