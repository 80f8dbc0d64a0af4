import { describe, expect, it } from 'vitest';
import type { ContractClient } from './client.ts';
import { expectCrash, expectIssues, expectRefused } from './expecting.ts';

/** `POST /v1/learn`. */
export function learnPart(client: ContractClient): void {
  const { alone, mode } = client.target;

  describe('learn', () => {
    it('stores a first task, keeps it against an equal one and replaces it by a better one', async () => {
      const task = client.text('first task');
      const first = await client.learn(task);
      expect(first.status).toBe(200);
      expect(first.json).toEqual({ stored: true, pattern_count: expect.any(Number) });
      const again = [
        await client.learn(task),
        await client.learn(task, { eval_score: 4 }),
        await client.learn(` ${task.toUpperCase().replaceAll(' ', '  ')}`),
      ];
      expect(again.map((answer) => answer.json.stored)).toEqual([false, false, false]);
      const better = await client.learn(task, { eval_score: 6 });
      expect(better.json.stored).toBe(true);
      if (alone) expect(better.json.pattern_count).toBe(first.json.pattern_count);
      const keys = (await client.learned(task)).map((event) => event.pattern_key);
      expect(keys).toHaveLength(2);
      expect(new Set(keys).size).toBe(1);
    });

    it('takes a task of few words with one more for another task', async () => {
      const task = client.text('short');
      expect((await client.learn(task)).json.stored).toBe(true);
      expect((await client.learn(`${task} more`)).json.stored).toBe(true);
    });

    it('counts code points', async () => {
      const start = client.text('foxes ');
      const foxes = (count: number) => start + '🦊'.repeat(count - [...start].length);
      expect((await client.learn(foxes(10_000))).status).toBe(200);
      expectIssues(await client.learn(foxes(10_001)), 'string_too_long');
    });

    it('refuses values that the schema does not allow', async () => {
      const refused = async (wrong: Record<string, unknown>, type: string) =>
        expectIssues(await client.learn(client.text('refused'), wrong), type);
      await refused({ code: 'a b '.repeat(125_001) }, 'string_too_long');
      await refused({ eval_score: 11 }, 'less_than_equal');
      await refused({ eval_score: -0.1 }, 'greater_than_equal');
      await refused({ code: undefined }, 'missing');
      await refused({ run_id: 'r '.repeat(101) }, 'string_too_long');
      await refused({ source: 's '.repeat(26) }, 'string_too_long');
    });

    it('refuses what JavaScript can send and Unicode or arithmetic cannot take', async () => {
      const task = client.text('odd');
      const nan = `{"task":"${task}","code":"c","eval_score":NaN}`;
      expectIssues(await client.learn(task, {}, { raw: nan }), 'less_than_equal');
      expectIssues(await client.learn(`${task} \ud83d`), 'string_unicode');
    });

    it('refuses blank text without issues', async () => {
      for (const blank of [{ task: '' }, { task: ' \n' }, { code: '' }]) {
        expectRefused(await client.learn(client.text('blank'), blank));
      }
    });

    it('takes numeric strings, unknown classes, unknown fields and a wish for a job', async () => {
      const odd = { eval_score: '5.5', classification: 'odd', on_duplicate: 'keep' };
      const headers = { prefer: 'respond-async' };
      const answer = await client.learn(client.text('tolerated'), odd, { headers });
      expect([answer.status, answer.json.stored]).toEqual([200, true]);
    });

    it(`${mode === 'json' ? 'stores' : 'crashes on'} a NUL in the task`, async () => {
      const answer = await client.learn(`${client.text('nul')} \0`);
      if (mode === 'json') expect([answer.status, answer.json.stored]).toEqual([200, true]);
      else expectCrash(answer);
    });

    it('stores a task whose run id holds a NUL', async () => {
      const answer = await client.learn(client.text('nul in the run'), { run_id: 'r\0' });
      expect([answer.status, answer.json.stored]).toEqual([200, true]);
    });

    it('leaves a trace of each stored learn under the hash of its text', async () => {
      const task = client.text('Straße 渡る 🦊');
      await client.learn(task, { eval_score: 7.5 });
      const [event] = await client.learned(task);
      expect(event?.eval_score).toBe(7.5);
      expect(event?.pattern_key).toMatch(/^patterns\/[0-9a-f]{8}_\d{13}_[0-9A-Za-z]{1,6}$/u);
      expect(Math.abs((event?.ts ?? 0) - Date.now() / 1000)).toBeLessThan(300);
    });
  });
}
