import { describe, expect, it } from 'vitest';
import type { Subject } from '../../../src/core/call/subject.ts';
import { OwnTexts } from '../../../src/router/offer/own-texts.ts';
import { bytesInUse } from '../../shadow/collect-garbage.ts';

const bodyBytes = 1_000_000;
let bodies = 100_000;

/** A text that was cut from a body of its own, which it keeps for as long as it lives. */
function cut(chars: number): string {
  bodies += 1;
  return `${bodies}, `.repeat(bodyBytes / 8).slice(1, chars + 1);
}

/** How many bodies are kept by what is made here. */
function keptBodies(make: () => unknown): number {
  const before = bytesInUse();
  const made = make();
  const kept = Math.max(0, Math.round((bytesInUse() - before) / bodyBytes));
  expect(made).toBeDefined();
  return kept;
}

describe('the texts of a mirrored call', () => {
  it('keep nothing of what they were cut from', () => {
    const made: unknown[] = [];
    const kept = keptBodies(() => {
      for (let call = 0; call < 5; call += 1) {
        const texts = new OwnTexts();
        made.push(texts.of(cut(100)), texts.in({ message: cut(100) }));
        const attributes = { plan: cut(100) };
        made.push(texts.inSubject({ tenant: cut(100), task: cut(8_192), attributes }));
      }
      return made;
    });
    expect(kept).toBe(0);
  });

  it('are themselves where they are longer than 8,192 characters: rather bodies than cut from one', () => {
    expect(keptBodies(() => new OwnTexts().of(cut(8_193)))).toBe(1);
  });

  it('are themselves where nothing waits', () => {
    expect(keptBodies(() => OwnTexts.none.of(cut(100)))).toBe(1);
  });

  it('are copied up to 65,536 characters a call', () => {
    const made: string[] = [];
    const kept = keptBodies(() => {
      const texts = new OwnTexts();
      for (let text = 0; text < 10; text += 1) made.push(texts.of(cut(8_192)));
      return made;
    });
    expect(kept).toBe(2);
  });

  it('are copied once where the latest two come again', () => {
    const made: string[] = [];
    const kept = keptBodies(() => {
      const texts = new OwnTexts();
      const [one, other] = [cut(8_192), cut(8_192)];
      for (let time = 0; time < 5; time += 1) made.push(texts.of(one), texts.of(other));
      expect(made).toEqual(Array(5).fill([one, other]).flat());
      for (let text = 0; text < 7; text += 1) made.push(texts.of(cut(8_192)));
      return made;
    });
    expect(kept).toBe(1);
  });
});

describe('what holds the texts of a mirrored call', () => {
  const subject = { tenant: 'acme', task: 'Where is it?', attributes: { plan: 'pro', seats: 3 } };

  it('is a subject again, with attributes of its own', () => {
    const copy = new OwnTexts().inSubject(subject);
    expect(copy).toStrictEqual(subject);
    expect(copy).not.toBe(subject);
    expect(copy.attributes).not.toBe(subject.attributes);
  });

  it('has no attributes where there were none', () => {
    const { attributes: _, ...plain } = subject;
    expect(new OwnTexts().inSubject(plain)).toStrictEqual(plain);
  });

  it('is itself where it is of a class, and so are its attributes', () => {
    class OwnSubject implements Subject {
      readonly tenant = 'acme';
      readonly task = 'Where is it?';
      readonly attributes = { plan: 'pro' };
    }
    const own = new OwnSubject();
    const { attributes } = own;
    expect(new OwnTexts().inSubject(own)).toBe(own);
    expect(own.attributes).toBe(attributes);
  });
});
