import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** Git's own server over HTTP on this machine, with one repository and who may log in. */
export interface GitServer {
  readonly url: string;
  readonly host: string;
  /** Runs Git in the repository of the server. */
  readonly git: (...args: string[]) => string;
  /** Makes a commit of these files on a branch, as somebody else would; returns it. */
  readonly commit: (
    branch: string,
    files: Readonly<Record<string, string | Buffer>>,
    message?: string,
  ) => string;
  readonly file: (revision: string, path: string) => string;
  /** The newest commit of a branch, which fails where there is none. */
  readonly tip: (branch: string) => string;
  /** Back to the first commit, with no other branch. */
  readonly reset: () => void;
  /** Who else than the user may log in. */
  mayLogin: ((username: string, password: string) => boolean) | undefined;
  /** Called before each request; what it returns is sent in the place of Git's answer. */
  answerFirst:
    | ((request: IncomingMessage) => { status: number; headers?: Record<string, string> } | undefined)
    | undefined;
  readonly close: () => Promise<void>;
}

export const login = { username: 'bot', password: 'token-of-the-bot' } as const;

function loginIn(authorization: string | undefined): readonly [string, string] {
  const [, pair = ''] = /^Basic (.+)$/.exec(authorization ?? '') ?? [];
  const [username = '', password = ''] = Buffer.from(pair, 'base64').toString('utf8').split(':');
  return [username, password];
}

const quiet = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  PATH: '/usr/bin:/bin:/usr/local/bin',
};
const person = {
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@x',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@x',
};
const format = { GIT_DEFAULT_REF_FORMAT: 'files' };

/**
 * @param files of the first commit on `main`
 *
 * Whoever starts a program is copied for a moment, and a worker of the tests is large: that takes longer than all that Git does.
 * What comes over HTTP is answered by a small process, a commit takes one start of Git, and branches are files to read.
 */
export async function startGitServer(files: Readonly<Record<string, string>>): Promise<GitServer> {
  const root = mkdtempSync(join(tmpdir(), 'firebreak-git-server-'));
  const bare = join(root, 'team/shop.git');
  mkdirSync(bare, { recursive: true });
  const env = { ...quiet, ...person, ...format };
  const run = (args: readonly string[], input?: Buffer) =>
    execFileSync('git', args, { cwd: bare, env, encoding: 'utf8', ...(input && { input }) }).trim();
  const git = (...args: string[]) => run(args);
  git('init', '--bare', '--quiet', '--initial-branch=main', '--template=');
  writeFileSync(join(bare, 'config'), options, { flag: 'a' });
  const fileOf = (branch: string) => join(bare, 'refs/heads', branch);
  const tip = (branch: string) => readFileSync(fileOf(branch), 'utf8').trim();
  const commit: GitServer['commit'] = (branch, changed, message = 'Change') => {
    const from = [branch, 'main'].find((each) => existsSync(fileOf(each)));
    run(['fast-import', '--quiet'], importOf(branch, from, changed, message));
    return tip(branch);
  };
  const first = commit('main', files, 'First');
  const backend = await startBackend(root);
  const server = createServer((request, response) => {
    const instead = made.answerFirst?.(request);
    if (instead !== undefined) return void response.writeHead(instead.status, instead.headers).end();
    const [username, password] = loginIn(request.headers.authorization);
    const isTheUser = username === login.username && password === login.password;
    if (!isTheUser && made.mayLogin?.(username, password) !== true)
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    handOn(backend.port, request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const made: GitServer = {
    url: `http://127.0.0.1:${port}/team/shop.git`,
    host: `127.0.0.1:${port}`,
    git,
    commit,
    tip,
    file: (revision, path) => git('show', `${revision}:${path}`),
    reset: () => {
      made.answerFirst = undefined;
      made.mayLogin = undefined;
      for (const each of ['refs', 'packed-refs']) rmSync(join(bare, each), { recursive: true, force: true });
      mkdirSync(join(bare, 'refs/heads'), { recursive: true });
      writeFileSync(fileOf('main'), `${first}\n`);
    },
    answerFirst: undefined,
    mayLogin: undefined,
    close: async () => {
      server.closeAllConnections();
      await Promise.all([backend.close(), new Promise((resolve) => server.close(resolve))]);
      rmSync(root, { recursive: true, force: true });
    },
  };
  return made;
}

/** It takes pushes, and cleans up after none of them: that is one more process for each. */
const options = '[http]\n\treceivepack = true\n[receive]\n\tautogc = false\n';

/** A commit of these files as git-scm.com, "git-fast-import", has it. */
function importOf(
  branch: string,
  from: string | undefined,
  files: Parameters<GitServer['commit']>[1],
  message: string,
): Buffer {
  const data = (content: string | Buffer) => {
    const bytes = Buffer.from(content);
    return [`data ${bytes.length}\n`, bytes, '\n'];
  };
  const parts = [
    `commit refs/heads/${branch}\ncommitter A <a@x> ${Math.floor(Date.now() / 1000)} +0000\n`,
    ...data(`${message.trimEnd()}\n`),
    ...(from === undefined ? [] : [`from refs/heads/${from}^0\n`]),
    ...Object.entries(files).flatMap(([path, content]) => [`M 100644 inline ${path}\n`, ...data(content)]),
  ];
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

/** The small process, and its port. */
async function startBackend(root: string) {
  const file = join(import.meta.dirname, 'git-backend.ts');
  const child = spawn(process.execPath, [file, root], { env: quiet, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout }))
    return {
      port: Number(line),
      close: async () => {
        child.stdin.end();
        await ended;
      },
    };
  throw new Error('the Git server has not begun');
}

function handOn(port: number, request: IncomingMessage, response: ServerResponse): void {
  const { url: path, method, headers } = request;
  const asked = ask({ ...{ host: '127.0.0.1', port, path, method, headers }, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  asked.on('error', () => response.destroy());
  request.pipe(asked);
}
