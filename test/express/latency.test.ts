import { describe, expect, it } from 'vitest';
import { question, startChat } from './chat-app.ts';
import { frameworkNames } from './servers.ts';

describe.each(frameworkNames)('latency in %s', (framework) => {
  it('is taken of replies whose end is observed, and of no other', async () => {
    // One call in 64 is timed, the first among them.
    await using watched = await startChat(framework, { stage: 'dualwrite' });
    await watched.ask(question);
    expect(watched.cutover.stats().routes.chat?.latency.legacy.count).toBe(1);

    await using unwatched = await startChat(framework, { stage: 'off' });
    await unwatched.ask(question);
    const { routes } = unwatched.cutover.stats();
    expect(routes.chat?.latency.legacy.count).toBe(0);
    expect(routes.chat?.served.legacy).toBe(1);
  });
});
