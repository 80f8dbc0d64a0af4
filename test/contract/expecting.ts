import { expect } from 'vitest';
import type { Answer } from './client.ts';

/** A handler's error: a code and a text. */
export function expectFailure(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.json.error_code]).toEqual([status, code]);
  expect(answer.json.detail).toEqual(expect.any(String));
}

/** A schema error, with the types of its issues. */
export function expectIssues(answer: Answer, ...types: string[]): void {
  expect(answer.status).toBe(422);
  expect(answer.json).toMatchObject({
    error_code: expect.any(String),
    detail: expect.any(String),
    issues: types.map((type) => ({ type, loc: expect.any(Array), msg: expect.any(String) })),
  });
}

/** A value that the handler refuses: 422 without issues. */
export function expectRefused(answer: Answer): void {
  expect(answer.status).toBe(422);
  expect(answer.json).not.toHaveProperty('issues');
}

/** An error of the router: no code. */
export function expectBare(answer: Answer, status: number): void {
  expect(answer.status).toBe(status);
  expect(Object.keys(answer.json)).toEqual(['detail']);
}

/** An unhandled failure: plain text, and no request id. */
export function expectCrash(answer: Answer): void {
  expect([answer.status, answer.text]).toEqual([500, 'Internal Server Error']);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain/u);
  expect(answer.headers.get('x-request-id')).toBeNull();
}
