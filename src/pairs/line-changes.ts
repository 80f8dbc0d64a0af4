import { withoutText } from '../core/contracts/without-text.ts';
import { toPairLine, wordsUntil } from './pair-line.ts';
import { readPairLine } from './pair-line-schema.ts';
import type { LineChange } from './rewrite-file.ts';

/**
 * Takes out words whose time is over at a moment; `met` is told of each line whose words still have some. A torn line may
 * be a part of some: it goes.
 */
export function withoutOldWords(now: number, met: () => void): LineChange {
  return (line) => {
    const until = wordsUntil(line);
    if (until === undefined) return line;
    if (until > now) {
      met();
      return line;
    }
    const read = readPairLine(line);
    return read.type === 'pair' ? toPairLine(withoutText(read.pair)) : undefined;
  };
}

/** Takes out all lines of a tenant. */
export function withoutTenant(tenant: string): LineChange {
  // Only lines that hold the name, as JSON writes it, are parsed.
  const name = JSON.stringify(tenant);
  return (line) => {
    if (!line.includes(name)) return line;
    const read = readPairLine(line);
    if (read.type === 'pair') return read.pair.tenant === tenant ? undefined : line;
    if (read.type === 'missed') return read.misses.tenant === tenant ? undefined : line;
    // Torn, and of this tenant as far as can be told.
    return undefined;
  };
}
