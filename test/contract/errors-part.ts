import { describe, expect, it } from 'vitest';
import type { ContractClient } from './client.ts';
import { expectBare, expectFailure, expectIssues } from './expecting.ts';

const malformed = 'Missing or malformed Authorization header. Expected: Bearer <key>';
const tooMuch = 'a b '.repeat(270_000);

/** Who is refused, why, and in which shape. */
export function errorsPart(client: ContractClient): void {
  const refusedWith = async (headers: Record<string, string>, detail: string) => {
    const answer = await client.ask('/v1/health', { as: null, headers });
    expect([answer.status, answer.json]).toEqual([401, { error_code: 'UNAUTHORIZED', detail }]);
    expect(answer.headers.get('www-authenticate')).toBeNull();
  };

  describe('errors', () => {
    it('tell a malformed header from a wrong key and a token', async () => {
      await refusedWith({}, malformed);
      await refusedWith({ authorization: 'bearer lower-case' }, malformed);
      await refusedWith({ 'x-api-key': 'unknown-scheme' }, malformed);
      await refusedWith({ authorization: `Bearer wrong-${client.run}` }, 'Invalid API key.');
      await refusedWith({ authorization: 'Bearer eyJhbGciOiJub25lIn0' }, 'Invalid token.');
    });

    it('come in order: size, syntax, key, schema', async () => {
      const learn = (raw: string, as: 'editor' | null) => client.ask('/v1/learn', { raw, as });
      const size = await learn(tooMuch, null);
      expectFailure(size, 413, 'PAYLOAD_TOO_LARGE');
      expect(size.json.error_context).toMatchObject({ max_bytes: 1_048_576 });
      expect(size.headers.get('x-request-id')).toBeNull();
      const syntax = await learn('not json', null);
      expectIssues(syntax, 'json_invalid');
      expect(syntax.json.issues).toMatchObject([{ loc: ['body', 0] }]);
      expectFailure(await learn('{}', null), 401, 'UNAUTHORIZED');
      expectIssues(await learn('{}', 'editor'), 'missing', 'missing', 'missing');
    });

    it('know a chunked body by its bytes only', async () => {
      const raw = new Blob([tooMuch]).stream();
      const answer = await client.ask('/v1/learn', { raw });
      expect([400, 413]).toContain(answer.status);
    });

    it('refuse bytes that are not UTF-8, and text that is not declared JSON', async () => {
      const bytes = await client.ask('/v1/learn', { raw: new Uint8Array([0x1f, 0x8b, 8, 0xff]) });
      expect([400, 422]).toContain(bytes.status);
      const headers = { 'content-type': 'text/plain' };
      const text = await client.ask('/v1/learn', { raw: '{"task":"x"}', headers });
      expectIssues(text, 'model_attributes_type');
    });

    it('of the router have no code', async () => {
      expectBare(await client.ask(`/v1/nothing-${client.run}`), 404);
      expectBare(await client.ask('/v1/governance/delete-scope', { method: 'POST' }), 404);
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const answer = await client.ask('/v1/audit', { method });
        expectBare(answer, 405);
        expect(answer.headers.get('allow')).toBe('GET');
      }
      expect((await client.ask('/v1/version', { method: 'HEAD' })).status).toBe(405);
    });

    it('redirect a trailing slash to an absolute address', async () => {
      const options = { raw: '{}', redirect: 'manual' } as const;
      const answer = await client.ask('/v1/learn/', options);
      expect(answer.status).toBe(307);
      expect(answer.headers.get('location')).toMatch(/^https?:\/\/.+\/v1\/learn$/u);
    });

    it('carry the request id that was sent, or one of their own', async () => {
      const headers = { 'x-request-id': `run ${client.run}` };
      const echoed = await client.ask(`/v1/nothing-${client.run}`, { headers });
      expect(echoed.headers.get('x-request-id')).toBe(`run ${client.run}`);
      const own = await client.ask('/v1/version', { as: null });
      expect(own.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{32,36}$/u);
    });
  });
}
