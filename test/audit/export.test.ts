import {
  type AuditFact,
  exportCsv,
  exportJsonl,
  importCsv,
  verifyTrail,
} from 'engramia-cutover/audit';
import { describe, expect, it } from 'vitest';
import { allOf, at, fact, trail, trailOf } from './trail.ts';

const { entries, bytes } = trail(3);

async function csvOf(change: Partial<AuditFact>): Promise<string> {
  const pieces = await allOf(exportCsv(trailOf([{ ...fact(0), ...change }]).entries));
  return at(pieces, 1);
}

describe('an export as JSONL', () => {
  it('is the file that was written entry by entry', async () => {
    expect((await allOf(exportJsonl(entries))).join('')).toBe(bytes.toString());
  });

  it('does not mend what was changed', async () => {
    const changed = entries.with(1, { ...at(entries, 1), actor: 'Eve' });
    const lines = (await allOf(exportJsonl(changed))).map((line) => Buffer.from(line));
    expect((await verifyTrail(lines)).problems).toMatchObject([{ kind: 'edited', seq: 1 }]);
  });
});

describe('an export as CSV', () => {
  it('begins with the names of its columns and has a record an entry', async () => {
    const [header, ...records] = await allOf(exportCsv(entries));
    expect(header).toBe(
      'seq,at,kind,rollout,actor,reason,tenant,before,after,evidence,previous,hash\r\n',
    );
    expect(records).toHaveLength(3);
    expect(records[1]).toMatch(/^1,1790000001000,ramp\.step,chat,system,step 1 – “fine”,,"\{""/);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1', '%0', '|cmd'])(
    'lets no spreadsheet take %j for a formula',
    async (reason) => {
      expect(await csvOf({ reason })).toContain(`'${reason}`);
      expect(await csvOf({ actor: reason })).toContain(`'${reason}`);
    },
  );

  it('puts what has commas, quotes and ends of lines into quotes', async () => {
    expect(await csvOf({ reason: 'a, "b"\r\nc' })).toContain(',"a, ""b""\r\nc",');
  });

  it('is verified like any trail, and shows what was changed in it', async () => {
    const csv = (await allOf(exportCsv(entries))).join('');
    const verified = (text: string) => verifyTrail(importCsv([text]));
    expect(await verified(csv)).toMatchObject({ ok: true, entries: 3 });
    expect(await verified(`\ufeff${csv}`)).toMatchObject({ ok: true, entries: 3 });
    expect(await verified(csv.trimEnd())).toMatchObject({ ok: true, entries: 3 });
    const edited = await verified(csv.replace('1790000001000', '1790000001001'));
    expect(edited.problems).toMatchObject([{ kind: 'edited', seq: 1 }]);
    const broken = await verified(csv.replace('1790000001000', '17900 00001001'));
    expect(broken.problems).toMatchObject([{ kind: 'edited', seq: 1 }]);
    expect((await verified(`${csv}x,y\r\n`)).problems).toMatchObject([{ kind: 'edited', seq: 3 }]);
    const wider = await verified(csv.replace(/\r\n$/, ',more\r\n'));
    expect(wider.problems).toMatchObject([{ kind: 'edited', seq: 2 }]);
  });

  it('takes the names of columns for a record anywhere but in the first line', async () => {
    const [header = '', ...records] = await allOf(exportCsv(entries));
    const twice = [header, ...records.slice(0, 1), header, ...records.slice(1)];
    const { problems } = await verifyTrail(importCsv(twice));
    expect(problems).toMatchObject([{ kind: 'inserted', seq: 1, line: 2 }]);
    const without = await verifyTrail(importCsv(records));
    expect(without).toMatchObject({ ok: true, entries: 3 });
  });

  it('is not read without an end that is one pair of quotes', async () => {
    const [header = ''] = await allOf(exportCsv(entries));
    const { problems } = await verifyTrail(importCsv([`${header}""`]));
    expect(problems).toMatchObject([{ kind: 'edited', seq: 0 }]);
  });

  it('refuses bytes that are no text', async () => {
    await expect(allOf(importCsv([Uint8Array.of(0xff, 0xfe)]))).rejects.toThrow(TypeError);
  });

  it('refuses the beginning of a letter behind its end as well', async () => {
    const csv = Buffer.from((await allOf(exportCsv(entries))).join(''));
    const pieces = [csv.subarray(0, 200), csv.subarray(200), Uint8Array.of(0xe2, 0x80)];
    await expect(verifyTrail(importCsv(pieces))).rejects.toThrow(TypeError);
  });
});
