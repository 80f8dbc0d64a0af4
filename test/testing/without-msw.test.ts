import { fakeEngramia } from 'engramia-cutover/testing';
import { expect, it, vi } from 'vitest';
import { calling } from './calling.ts';

vi.mock('msw', () => {
  throw new Error('Cannot find package');
});

it('works without msw until its handlers are read', async () => {
  const fake = await fakeEngramia();
  expect((await calling(fake, '/v1/health')).status).toBe(200);
  expect(() => fake.handlers).toThrow('fake.handlers need the package "msw"');
});
