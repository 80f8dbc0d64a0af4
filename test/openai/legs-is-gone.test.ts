import { assistantsLeg, isGone } from 'engramia-cutover/openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpenAIServer } from './openai-server.ts';

let server: OpenAIServer;

beforeEach(async () => {
  server = await OpenAIServer.start();
});

afterEach(() => server[Symbol.asyncDispose]());

/** What a leg of an assistant throws when its service answers so. */
async function thrownFor(status: number, error: object | undefined): Promise<unknown> {
  server.fail(/messages/, { status, body: error === undefined ? '' : { error } });
  const leg = assistantsLeg({
    client: server.client(),
    assistantId: 'asst_1',
    threadOf: (_text: string) => 'thread_1',
  });
  return leg('hello').then(
    () => expect.fail('it answered'),
    (thrown: unknown) => thrown,
  );
}

const says = (message: string, more: object = {}) => ({
  message,
  code: null,
  param: null,
  ...more,
});

describe('isGone', () => {
  it('goes by the parameter that is missing, even where all of it is said to be gone', () => {
    for (const param of ['thread_id', 'run_id', 'previous_response_id', 'conversation']) {
      expect(isGone({ status: 410, error: {}, param, message: 'Gone.' })).toBe(false);
    }
    expect(isGone({ status: 410, error: {}, param: 'assistant_id', message: 'Gone.' })).toBe(true);
    expect(isGone({ status: 410, error: {}, message: 'Gone.' })).toBe(true);
  });

  it('is not held up by a sentence that repeats what was sent', () => {
    const before = process.cpuUsage();
    const error = { status: 404, error: {}, message: 'the agent of a model '.repeat(8_000) };
    expect(isGone(error)).toBe(false);
    expect(process.cpuUsage(before).user).toBeLessThan(500_000);
  });

  it.each([
    [410, undefined],
    [410, says('The Assistants API has been sunset.', { type: 'gone' })],
    [404, says('Invalid URL (POST /v1/threads/thread_1/messages)')],
    [404, says('Unknown request URL: POST /threads/thread_1/messages.', { code: 'unknown_url' })],
    [404, says('Resource not found', { code: '404' })],
    [404, says("No assistant found with id 'asst_1'.")],
    [404, says('Not here.', { param: 'assistant_id' })],
    [404, says('The model `gpt-4` has been deprecated.', { code: 'model_not_found' })],
    [
      404,
      says('The API deployment for this resource does not exist.', { code: 'DeploymentNotFound' }),
    ],
    [404, says("Prompt with id 'pmpt_1' not found.")],
    [404, says('The model `gpt-4.1` does not exist.', { type: 'NotFoundError', code: 404 })],
    [404, says('model "llama3.2" not found, try pulling it first', { type: 'not_found_error' })],
    [404, says('Not here.', { param: 'model' })],
    [404, says("The deployment 'gpt-4.1-mini' does not exist.")],
    [404, says('The thread API was shut down.')],
    [404, says('This endpoint is no longer available.')],
  ])('knows a service that has gone by %i and %j', async (status, error) => {
    expect(isGone(await thrownFor(status, error))).toBe(true);
  });

  it.each([
    [404, undefined],
    [404, says('Not Found')],
    [404, says("No thread found with id 'thread_1'.")],
    [404, says("No run found with id 'run_1'.")],
    [404, says("Thread with id 'thread_1' not found.")],
    [
      404,
      says("Previous response with id 'r' not found.", { code: 'previous_response_not_found' }),
    ],
    [404, says("Response with id 'resp_1' not found.")],
    [404, says("Conversation with id 'conv_1' not found.")],
    [404, says("Conversation with id 'x. The model y' not found.")],
    [404, says("Thread 'x. The assistant' not found.")],
    [404, says("The run 'x.y: deployment' does not exist.")],
    [404, says("No message found with id 'x. This prompt was retired'.")],
    [404, says('Not here.', { param: 'thread_id' })],
    [404, says('The model is fine. Your cart was not found.')],
    [404, says("The model response 'resp_1' was not found.")],
    [410, says("Thread with id 'thread_1' not found.", { code: 'thread_not_found' })],
    [400, says('The model is deprecated.', { code: 'model_not_found' })],
    [401, says('Bad key')],
    [429, says('Too many requests')],
    [500, says('The service is deprecated')],
  ])('takes no service for gone by %i and %j', async (status, error) => {
    expect(isGone(await thrownFor(status, error))).toBe(false);
  });

  it('knows a missing thread of the service itself from a missing service', async () => {
    const client = server.client();
    const options = { client, assistantId: 'asst_1', threadOf: (_text: string) => 'thread_99' };
    const thrown: unknown = await assistantsLeg(options)('hello').catch((error: unknown) => error);
    expect(thrown).toMatchObject({ status: 404 });
    expect(isGone(thrown)).toBe(false);
    expect(isGone(await client.get('/nowhere').catch((error: unknown) => error))).toBe(true);
  });

  it.each([undefined, null, 'gone', 410, new Error('410'), { status: '410' }])(
    'takes %s for nothing',
    (value) => {
      expect(isGone(value)).toBe(false);
    },
  );

  it('takes what does not let itself be looked at for nothing', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(isGone(proxy)).toBe(false);
  });
});
