import { describe, expect, it } from 'vitest';
import { type ContractClient, keyPrefix } from './client.ts';
import { expectBare, expectIssues } from './expecting.ts';

interface Match {
  readonly similarity: number;
  readonly reuse_tier: string;
  readonly pattern_key: string;
  readonly pattern: {
    readonly task: string;
    readonly code: string | null;
    readonly success_score: number;
    readonly reuse_count: number;
  };
}

function tierOf(similarity: number): string {
  if (similarity >= 0.92) return 'duplicate';
  return similarity >= 0.7 ? 'adapt' : 'fresh';
}

/** `POST /v1/recall`, and the search by skill. */
export function recallPart(client: ContractClient): void {
  const recall = (body: Record<string, unknown>) => client.ask('/v1/recall', { body });
  const own = async (task: string, more = {}): Promise<Match | undefined> => {
    const { json } = await recall({ task, limit: 50, eval_weighted: false, ...more });
    const matches = json.matches as Match[];
    return matches.find((match) => match.pattern_key.startsWith(keyPrefix(task)));
  };

  describe('recall', () => {
    it('finds a task by its own text, redacted, with its tier', async () => {
      const task = client.text('to be found');
      await client.learn(task, { code: 'write to ann@example.org please' });
      const { json } = await recall({ task, limit: 3, eval_weighted: false });
      expect(json).toEqual({
        matches: expect.any(Array),
        has_more: expect.any(Boolean),
        next_offset: json.has_more ? 3 : null,
      });
      for (const match of json.matches as Match[]) {
        expect(match.reuse_tier).toBe(tierOf(match.similarity));
      }
      const match = await own(task);
      expect(match).toMatchObject({ reuse_tier: 'duplicate', pattern: { task } });
      expect(match?.pattern.code).not.toContain('ann@example.org');
    });

    it('raises what it returns, although told to only read, and shows it as it was', async () => {
      const task = client.text('to be raised');
      await client.learn(task);
      const first = await own(task, { readonly: true });
      const second = await own(task, { readonly: true });
      expect(first?.pattern).toMatchObject({ success_score: 5, reuse_count: 0 });
      expect(second?.pattern.success_score).toBeGreaterThanOrEqual(5.09);
      expect(second?.pattern.reuse_count).toBeGreaterThanOrEqual(1);
      if (client.target.alone) {
        expect(second?.pattern.success_score).toBeCloseTo(5.1, 6);
        expect(second?.pattern.reuse_count).toBe(1);
      }
      expect((await client.learn(task, { eval_score: 5 })).json.stored).toBe(false);
    });

    it('filters by source literally, and raises what it filters out', async () => {
      const task = client.text('to be filtered');
      await client.learn(task);
      expect(await own(task, { source: 'nowhere' })).toBeUndefined();
      const found = await own(task, { source: `contract-${client.run}` });
      expect(found?.pattern.reuse_count).toBeGreaterThanOrEqual(1);
    });

    it('is a POST with bounds', async () => {
      const get = await client.ask('/v1/recall?task=x&limit=3');
      expectBare(get, 405);
      expect(get.headers.get('allow')).toBe('POST');
      expectIssues(await recall({ task: 'x', limit: 0 }), 'greater_than_equal');
      expectIssues(await recall({ task: 'x', limit: 51 }), 'less_than_equal');
      expectIssues(await recall({ limit: 1 }), 'missing');
    });

    it('by skill changes nothing', async () => {
      const task = client.text('to be tagged');
      await client.learn(task);
      const [event] = await client.learned(task);
      const skill = `skill-${client.run}`;
      const body = { pattern_key: event?.pattern_key, skills: [skill] };
      expect((await client.ask('/v1/skills/register', { body })).status).toBe(200);
      for (let search = 0; search < 2; search += 1) {
        const request = { required: [skill], match_all: true };
        const { json } = await client.ask('/v1/skills/search', { body: request });
        expect(json.matches).toMatchObject([
          { similarity: 1, pattern: { task, success_score: 5, reuse_count: 0 } },
        ]);
      }
    });
  });
}
