import { afterEach, describe, expect, it, vi } from 'vitest';

const caller = '../../src/engramia/calls/caller.ts';
const answer = async (): Promise<Response> => Response.json({ status: 'ok', storage: 'memory' });
const options = { baseUrl: 'http://127.0.0.1:9', apiKey: 'key', fetch: answer };

/** A client whose code has not been loaded yet, and can be only if `mayLoad` says so. */
async function freshClient(mayLoad: () => boolean) {
  vi.resetModules();
  vi.doMock(caller, async (load) => {
    if (!mayLoad()) throw new Error('no such file');
    return await load();
  });
  const { createEngramiaClient } = await import('../../src/engramia/create-engramia-client.ts');
  return createEngramiaClient(options);
}

afterEach(() => {
  vi.doUnmock(caller);
  vi.resetModules();
});

describe('loading what calls are made with', () => {
  it('is waited for by calls made in the tick of the client, in their order', async () => {
    const client = await freshClient(() => true);
    const ended: string[] = [];
    await Promise.all([
      client.evaluate({ task: 'a', code: 'b' }).then(() => ended.push('first')),
      client.evaluate({ task: 'a', code: 'b' }).then(() => ended.push('second')),
    ]);
    expect(ended).toEqual(['first', 'second']);
  });

  it('refuses calls of a client that was closed meanwhile', async () => {
    const client = await freshClient(() => true);
    const call = client.evaluate({ task: 'a', code: 'b' });
    await client.close();
    await expect(call).rejects.toMatchObject({ code: 'ERR_CUTOVER_CLOSED', sent: false });
  });

  it('that fails is an error of the calls that need it, each of which tries again', async () => {
    let isThere = false;
    const client = await freshClient(() => isThere);
    await expect(client.evaluate({ task: 'a', code: 'b' })).rejects.toMatchObject({
      code: 'ERR_ENGRAMIA_CONFIG',
      sent: false,
    });
    isThere = true;
    await expect(client.evaluate({ task: 'a', code: 'b' })).resolves.toBeDefined();
  });
});
