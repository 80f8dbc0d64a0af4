import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

/** A Postgres of the test's own. */
export interface PostgresServer {
  /** What `pg` connects with. */
  readonly connection: { host: string; port: number; user: string; database: string };
  stop(): Promise<void>;
}

function folders(): string[] {
  const versions = '/usr/lib/postgresql';
  const installed = existsSync(versions)
    ? readdirSync(versions).map((version) => join(versions, version, 'bin'))
    : [];
  return [...installed, ...(process.env.PATH ?? '').split(delimiter)];
}

/** Where this machine has a Postgres server, if it has one; `CUTOVER_POSTGRES=embedded` looks for none. */
export function installedPostgres(): string | undefined {
  if (process.env.CUTOVER_POSTGRES === 'embedded') return undefined;
  return folders().find((folder) => {
    return existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'));
  });
}

/** The server refuses to run as root: somebody without rights runs it then. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

// The shell ends the server when its own standard input does: also when the tests are killed.
const script = '"$0" "$@" </dev/null & server=$!; cat >/dev/null; kill -INT $server; wait $server';

async function isReady(shell: ChildProcess): Promise<void> {
  const said: string[] = [];
  for await (const line of createInterface({ input: shell.stderr ?? process.stdin })) {
    if (line.includes('ready to accept connections')) return;
    said.push(line);
  }
  throw new Error(`Postgres did not start:\n${said.join('\n')}`);
}

/** Starts a server in a folder of its own, on a socket in that folder. */
export async function startPostgres(bin: string): Promise<PostgresServer> {
  const who = unprivileged();
  const folder = mkdtempSync(join(tmpdir(), 'cutover-postgres-'));
  if (who.uid !== undefined) chownSync(folder, who.uid, who.gid ?? who.uid);
  const data = join(folder, 'data');
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
  execFileSync(join(bin, 'initdb'), initdb, { ...who, cwd: folder, stdio: 'pipe' });
  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, 'fsync=off'];
  const server = [join(bin, 'postgres'), '-D', data, ...settings.flatMap((one) => ['-c', one])];
  const shell = spawn('/bin/sh', ['-c', script, ...server], { ...who, cwd: folder });
  await isReady(shell);
  shell.stderr.resume();
  return {
    connection: { host: folder, port: 5432, user: 'postgres', database: 'postgres' },
    async stop() {
      const ended = once(shell, 'exit');
      shell.stdin.end();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
