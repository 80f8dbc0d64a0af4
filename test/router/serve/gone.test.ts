import { describe, expect, it } from 'vitest';
import { isGoneByDefault } from '../../../src/router/serve/gone.ts';

describe('an error of legacy', () => {
  it.each<[unknown]>([
    [{ status: 410 }],
    [{ statusCode: 410 }],
    [{ status: 404, code: 'unknown_url' }],
    [{ status: 404, type: 'invalid_url' }],
    [{ status: 404, code: 'endpoint_gone' }],
    [{ statusCode: 404, code: 'api_removed' }],
    [{ status: 404, type: 'deprecated', code: 'other' }],
    [{ status: 404, message: 'Invalid URL (POST /v1/threads)' }],
    [{ status: 404, message: '404 Unknown request URL: POST /v1/threads' }],
  ])('says that legacy no longer exists: %o', (reason) => {
    expect(isGoneByDefault(reason)).toBe(true);
  });

  it.each<[unknown]>([
    [undefined],
    [null],
    ['410'],
    [410],
    [{}],
    [{ status: 404 }],
    [{ status: 404, code: 'not_found', type: 'invalid_request_error' }],
    [{ status: 404, code: 410, type: null }],
    [{ status: 404, message: 'No thread found with id thread_1' }],
    [{ status: 404, message: 'The invalid url' }],
    [{ status: 404, message: ['Invalid URL'] }],
    [{ status: 500, code: 'unknown_url', message: 'Invalid URL' }],
    [{ code: 'deprecated' }],
    [{ status: 500, statusCode: 410 }],
  ])('says nothing of the kind: %o', (reason) => {
    expect(isGoneByDefault(reason)).toBe(false);
  });
});
