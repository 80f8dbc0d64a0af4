import { sqliteStore } from '../../src/store/sqlite.ts';
import { nextCommit } from '../../src/testing/stores/sample-trail.ts';

/** Commits one version after the other until it is killed, and says which are on the disk. Without a path it only loads. */
const [path = '', name = 'child'] = process.argv.slice(2);
if (path !== '') {
  const store = sqliteStore({ path });
  for (;;) {
    const result = await store.commit(nextCommit('chat', await store.rollout('chat'), name));
    if (result.ok) process.stdout.write(`${result.current.version}\n`);
  }
}
