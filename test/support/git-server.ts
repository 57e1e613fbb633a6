import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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

/** @param files of the first commit on `main` */
export async function startGitServer(files: Readonly<Record<string, string>>): Promise<GitServer> {
  const root = mkdtempSync(join(tmpdir(), 'firebreak-git-server-'));
  const bare = join(root, 'team/shop.git');
  mkdirSync(bare, { recursive: true });
  const env = { ...quiet, ...person };
  const git = (...args: string[]) => execFileSync('git', args, { cwd: bare, env, encoding: 'utf8' }).trim();
  git('init', '--bare', '--quiet', '--initial-branch=main');
  git('config', 'http.receivepack', 'true');
  const commit: GitServer['commit'] = (branch, changed, message = 'Change') => {
    const work = mkdtempSync(join(root, 'work-'));
    const at = (...args: string[]) =>
      execFileSync('git', args, { cwd: work, env, encoding: 'utf8', stdio: 'pipe' }).trim();
    at('clone', '--quiet', bare, '.');
    try {
      at('checkout', '--quiet', branch);
    } catch {
      at('checkout', '--quiet', '-b', branch);
    }
    for (const [path, text] of Object.entries(changed)) {
      mkdirSync(dirname(join(work, path)), { recursive: true });
      writeFileSync(join(work, path), text);
    }
    at('add', '-A');
    at('commit', '--quiet', '-m', message);
    at('push', '--quiet', 'origin', branch);
    const made = at('rev-parse', 'HEAD');
    rmSync(work, { recursive: true });
    return made;
  };
  const first = commit('main', files, 'First');
  const server = createServer((request, response) => {
    const instead = made.answerFirst?.(request);
    if (instead !== undefined) return void response.writeHead(instead.status, instead.headers).end();
    const [username, password] = loginIn(request.headers.authorization);
    const isTheUser = username === login.username && password === login.password;
    if (!isTheUser && made.mayLogin?.(username, password) !== true)
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    serve(root, request, response);
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
    file: (revision, path) => git('show', `${revision}:${path}`),
    reset: () => {
      made.answerFirst = undefined;
      made.mayLogin = undefined;
      const refs = git('for-each-ref', '--format=%(refname)').split('\n');
      for (const ref of refs.filter((each) => each !== 'refs/heads/main')) git('update-ref', '-d', ref);
      git('update-ref', 'refs/heads/main', first);
    },
    answerFirst: undefined,
    mayLogin: undefined,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      rmSync(root, { recursive: true, force: true });
    },
  };
  return made;
}

/** CGI, as git-scm.com, "git-http-backend", has it. */
function serve(root: string, request: IncomingMessage, response: ServerResponse): void {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const child = spawn('git', ['http-backend'], {
    env: {
      ...quiet,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method,
      REMOTE_USER: login.username,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      CONTENT_LENGTH: request.headers['content-length'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
  });
  request.pipe(child.stdin);
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.on('close', () => {
    const all = Buffer.concat(parts);
    const end = all.indexOf('\r\n\r\n');
    const headers = all.subarray(0, end).toString('utf8').split('\r\n');
    const named = headers.map((line) => line.split(': ', 2));
    const status = Number(named.find(([name]) => name === 'Status')?.[1]?.slice(0, 3) ?? 200);
    const others = named.flatMap(([name = '', value = '']) => (name === 'Status' ? [] : [[name, value]]));
    response.writeHead(status, Object.fromEntries(others)).end(all.subarray(end + 4));
  });
}
