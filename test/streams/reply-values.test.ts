import { describe, expect, it } from 'vitest';
import { bodyView } from '../../src/router/replies/body-view.ts';
import { isJsonType, toMediaType } from '../../src/router/replies/media-type.ts';
import { isFailureByDefault, viewByDefault } from '../../src/router/replies/value-view.ts';

describe('a content type', () => {
  it.each<[string | undefined, unknown]>([
    [undefined, undefined],
    ['', { essence: '', charset: undefined }],
    ['Text/HTML', { essence: 'text/html', charset: undefined }],
    [' text/html ; charset=UTF-8', { essence: 'text/html', charset: 'utf-8' }],
    ['text/html;charset="utf-8"', { essence: 'text/html', charset: 'utf-8' }],
    ['text/html; q=1; CHARSET = latin1 ', { essence: 'text/html', charset: 'latin1' }],
    ['text/html; charset=a; charset=b', { essence: 'text/html', charset: 'a' }],
    ['text/html; charset=', { essence: 'text/html', charset: undefined }],
    ['text/html; charset=a b', { essence: 'text/html', charset: undefined }],
    ['text/html; mycharset=a', { essence: 'text/html', charset: undefined }],
    ['text/html; charset', { essence: 'text/html', charset: undefined }],
  ])('%j is taken apart', (contentType, expected) => {
    expect(toMediaType('other/type')).toEqual({ essence: 'other/type', charset: undefined });
    for (let time = 0; time < 2; time += 1) expect(toMediaType(contentType)).toEqual(expected);
  });

  it.each<[string, boolean]>([
    ['application/json', true],
    ['a/b+json', true],
    ['my-application/json', false],
    ['application/json2', false],
    ['a/b+jsonp', false],
    ['a/b/c+json', false],
    ['/b+json', false],
    ['a/+json', false],
  ])('%s is JSON: %s', (essence, isJson) => {
    expect(isJsonType(essence)).toBe(isJson);
  });
});

describe('a value that was returned', () => {
  const toolCalls = [{ name: 'search' }];

  it.each<[unknown, unknown]>([
    ['a', { text: 'a' }],
    ['', { text: '' }],
    [{ text: 'a', output: 'b' }, { text: 'a' }],
    [{ content: 'b', output: 'a' }, { text: 'a' }],
    [{ text: 7, reply: 'a' }, { text: 'a' }],
    [{ finalOutput: 'a' }, { text: 'a' }],
    [
      { text: 'a', toolCalls },
      { text: 'a', toolCalls },
    ],
    [{ text: 'a', toolCalls: 'all' }, { text: 'a' }],
    [
      { text: 'a', toolCalls: [], steps: [{ toolCalls }, { toolCalls: [] }] },
      { text: 'a', toolCalls },
    ],
    [
      { text: 'a', toolCalls, steps: [] },
      { text: 'a', toolCalls },
    ],
    [
      { text: 'a', toolCalls, steps: ['first', null] },
      { text: 'a', toolCalls },
    ],
    [{ text: 'a', steps: [{ toolCalls }] }, { text: 'a' }],
    [{ toolCalls }, undefined],
    [{}, undefined],
    [null, undefined],
    [undefined, undefined],
    [7, undefined],
  ])('%o has the text %o', (value, view) => {
    expect(viewByDefault(value)).toEqual(view);
  });

  const headers = new Headers();
  it.each<[unknown, boolean]>([
    [{ status: 500, headers }, true],
    [{ status: 599, headers }, true],
    [new Response('', { status: 503 }), true],
    [{ status: 499, headers }, false],
    [{ status: '500', headers }, false],
    [{ status: 500 }, false],
    [{ status: 500, headers: {} }, false],
    [{ status: 500, headers: { get: 'no' } }, false],
    [{ headers }, false],
    ['500', false],
    [null, false],
    [undefined, false],
  ])('%o is a failed response: %s', (value, isFailure) => {
    expect(isFailureByDefault(value)).toBe(isFailure);
  });
});

describe('a value whose fields throw', () => {
  const throwing = (...names: readonly string[]) => {
    const all = names.map((name) => {
      const get = (): never => {
        throw new Error(`no ${name}`);
      };
      return [name, { enumerable: true, get }] as const;
    });
    return Object.defineProperties({}, Object.fromEntries(all));
  };
  const toolCalls = [{ type: 'tool-call', toolName: 'refund', input: { id: 1 } }];

  it('is read by the others, as that of generateText() without an output is', () => {
    const [call] = toolCalls;
    const called = Object.assign(throwing('output'), { text: '', content: [call], toolCalls });
    expect(bodyView(called)).toEqual({ text: '', toolCalls });
    const said = Object.assign(throwing('output', 'toolCalls'), { content: 'answer' });
    expect(bodyView(said)).toEqual({ text: 'answer' });
  });

  it.each<[string, object, unknown]>([
    ['text', { message: { content: 'answer' } }, { text: 'answer' }],
    ['toTextStreamResponse', { text: 'answer' }, { text: 'answer' }],
    ['message', { choices: [{ text: 'answer' }] }, { text: 'answer' }],
    ['choices', { message: {} }, undefined],
    ['choices', {}, undefined],
  ])('is read without its %s', (name, others, view) => {
    expect(bodyView(Object.assign(throwing(name), others))).toEqual(view);
  });

  it.each<[string, object]>([
    ['message', { message: throwing('content', 'refusal') }],
    ['choice', { choices: [throwing('text', 'message')] }],
    ['part', { content: [throwing('type', 'text')] }],
    ['value', { text: throwing('value') }],
  ])('has no text in a %s of which none can be had', (_what, value) => {
    expect(bodyView(value)).toBeUndefined();
  });

  it('says nothing where nothing of it can be had', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(bodyView(proxy)).toBeUndefined();
  });
});
