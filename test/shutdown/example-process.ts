import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { exampleArguments } from '../examples/example-run.ts';
import type { StagedPackage } from '../package/staged-package.ts';

/** An example that serves, as a process of its own. */
export interface ExampleProcess extends AsyncDisposable {
  /** Resolves when a line has been printed so many times; at once, if it has been already. */
  printed(line: string | RegExp, times?: number): Promise<string>;
  /** Sends a request over a connection that is kept alive. */
  ask(path: string, message?: string): Promise<{ status: number; body: string }>;
  /** Sends SIGTERM and waits for the end. */
  terminate(): Promise<{ code: number | null; elapsedMs: number; stderr: string }>;
}

/** What a process has printed, line by line, and those who wait for a line. */
class Lines {
  readonly #lines: string[] = [];
  readonly #waiting = new Set<() => void>();
  #rest = '';

  add(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    this.#lines.push(...lines);
    for (const look of [...this.#waiting]) look();
  }

  wait(line: string | RegExp, times: number): Promise<string> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.#lines.filter((each) => each.match(line) !== null);
        const last = found[times - 1];
        if (last === undefined) return;
        this.#waiting.delete(look);
        resolve(last);
      };
      this.#waiting.add(look);
      look();
    });
  }
}

/** Starts an example and waits until it listens. */
export async function startExample(
  staged: StagedPackage,
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<ExampleProcess> {
  const child: ChildProcess = spawn(process.execPath, exampleArguments(staged, file), {
    cwd: staged.folder,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = new Lines();
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => lines.add(chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const died = ended.then((code) => Promise.reject(new Error(`It ended with ${code}: ${stderr}`)));
  died.catch(() => undefined); // read only while it is to start
  const port = Number(
    (await Promise.race([lines.wait(/^port: /, 1), died])).slice('port: '.length),
  );
  const agent = new Agent({ keepAlive: true });
  return {
    printed: (line, times = 1) => lines.wait(line, times),
    async ask(path, message = '') {
      const body = path === '/chat' ? JSON.stringify({ message }) : message;
      const outgoing = request({ host: '127.0.0.1', port, path, method: 'POST', agent });
      outgoing.setHeader('content-type', 'application/json').end(body);
      const [response] = await once(outgoing, 'response');
      return { status: response.statusCode, body: await text(response) };
    },
    async terminate() {
      const startedAt = performance.now();
      child.kill('SIGTERM');
      const code = await ended;
      return { code, elapsedMs: performance.now() - startedAt, stderr };
    },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      child.kill('SIGKILL');
      await ended;
    },
  };
}
