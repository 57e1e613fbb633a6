import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text as streamed } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { readDockerfile, type Settings, type Stage, settingsOf } from './dockerfile.ts';

/*
 * Walks through the Dockerfile without a Docker engine: each stage is a folder that becomes the root of its commands, in a
 * mount namespace of their own. In the place of the Node image stands this machine's system with the Node of the tests;
 * in the place of the last base, which has no shell, the C library alone. Needs Linux and root, as CI has them.
 */

const run = promisify(execFile);
const project = join(import.meta.dirname, '../..');

/** A built image: the folder that is its root, and how a container of it is run. */
export interface Image extends Settings {
  readonly root: string;
  readonly remove: () => Promise<void>;
}

export const canWalk = (): boolean => process.platform === 'linux' && process.getuid?.() === 0;

/** Builds what is committed. Throws with the command's own words when a step fails. */
export async function walkDockerfile(): Promise<Image> {
  const place = await mkdtemp(join(tmpdir(), 'firebreak-image-'));
  await chmod(place, 0o755);
  const context = join(place, 'context');
  await run('git', ['clone', '--quiet', '--no-hardlinks', project, context]);
  const stages = readDockerfile(join(context, 'Dockerfile'));
  const roots = new Map<string, string>();
  let root = '';
  for (const [index, stage] of stages.entries()) {
    root = join(place, `stage-${index}`);
    await (index === stages.length - 1 ? lastBase(root) : builderBase(root));
    await build(stage, { root, context, roots });
    roots.set(stage.name ?? String(index), root);
  }
  const last = stages.at(-1);
  if (last === undefined) throw new Error('The Dockerfile has no stage.');
  return { ...settingsOf(last), root, remove: () => rm(place, { recursive: true, force: true }) };
}

interface Where {
  readonly root: string;
  readonly context: string;
  readonly roots: ReadonlyMap<string, string>;
}

async function build({ steps }: Stage, where: Where): Promise<void> {
  let folder = '/';
  for (const step of steps) {
    if (step.keyword === 'WORKDIR') {
      folder = step.text;
      await mkdir(join(where.root, folder), { recursive: true });
    }
    await take(step, where, folder);
  }
}

async function take(
  step: Stage['steps'][number],
  { root, context, roots }: Where,
  folder: string,
): Promise<void> {
  if (step.keyword === 'COPY') {
    const source = step.from === undefined ? context : (roots.get(step.from) ?? '');
    const to = step.words.at(-1) ?? '';
    const target = to.startsWith('/') ? join(root, to) : join(root, folder, to);
    for (const word of step.words.slice(0, -1))
      await cp(join(source, word), to.endsWith('/') ? join(target, word.split('/').at(-1) ?? '') : target, {
        recursive: true,
        verbatimSymlinks: true,
      });
  }
  if (step.keyword === 'RUN') await inside(root, ['/bin/sh', '-c', `cd ${folder} && ${step.text}`]);
}

/** What of this machine's system the commands of the builder see, read-only. */
const system = ['usr', 'etc', 'proc', 'dev'];

/** A root with the links of a merged /usr, and /usr/local of its own with the Node of the tests and npm. */
async function builderBase(root: string): Promise<void> {
  for (const name of [...system, 'tmp', 'root', 'usr/local/bin'])
    await mkdir(join(root, name), { recursive: true });
  await run('sh', ['-c', `for each in bin sbin lib lib64; do [ -L /$each ] && cp -d /$each ${root}/; done`]);
  await node(root);
  const { stdout } = await run('sh', ['-c', 'readlink -f "$(command -v npm)"']);
  await writeFile(join(root, 'usr/local/bin/npm'), `#!/bin/sh\nexec node ${stdout.trim()} "$@"\n`, {
    mode: 0o755,
  });
}

/** As distroless/cc: the C library, users, and a folder for temporary files. */
async function lastBase(root: string): Promise<void> {
  for (const name of ['etc', 'tmp', 'proc', 'dev', 'usr/local/bin'])
    await mkdir(join(root, name), { recursive: true });
  await writeFile(join(root, 'etc/passwd'), 'nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n');
  await writeFile(join(root, 'etc/hosts'), '127.0.0.1 localhost\n');
  await writeFile(join(root, 'dev/null'), '');
  const { stdout } = await run('ldd', [nodeOfTests]);
  for (const [, file = ''] of stdout.matchAll(/(\/\S+) \(/g)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await run('cp', ['-L', file, join(root, file)]);
  }
}

const nodeOfTests = process.execPath;

async function node(root: string): Promise<void> {
  await cp(nodeOfTests, join(root, 'usr/local/bin/node'));
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Runs a command of the builder: with this machine's system below its root, and /usr/local of its own. */
async function inside(root: string, command: readonly string[]): Promise<void> {
  const lines = [
    'set -e',
    'mount --make-rprivate /',
    `mkdir -p ${root}.local && mount --bind ${root}/usr/local ${root}.local`,
    ...system.map((name) => `mount --rbind /${name} ${root}/${name}`),
    `mount --bind ${root}.local ${root}/usr/local`,
    `exec unshare --root=${root} ${command.map(quoted).join(' ')}`,
  ];
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/root', ...registryOf(process.env) };
  await run('unshare', ['--mount', 'sh', '-c', lines.join('\n')], { env, maxBuffer: 16 * 1024 * 1024 });
}

/** How npm reaches its registry is the machine's business. */
function registryOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const known = Object.entries(env).filter(([name]) =>
    /^(npm_config_.*|https?_proxy|no_proxy|NODE_EXTRA.*)$/i.test(name),
  );
  return Object.fromEntries(known.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

export interface Container {
  /** All it has printed so far. */
  readonly printed: () => string;
  /** Sends SIGTERM to its first process; resolves to the exit code. */
  readonly stop: () => Promise<number | null>;
  /** Runs another command in it, as HEALTHCHECK and `kubectl exec` do. */
  readonly exec: (
    command: readonly string[],
  ) => Promise<{ readonly code: number | null; readonly stdout: string }>;
}

/** Runs the image as a container: its first process, an ordinary user, and nothing that can be written. */
export function runContainer(
  image: Image,
  variables: Readonly<Record<string, string>>,
  command = image.command,
): Container {
  const start = (words: readonly string[]) =>
    spawn('unshare', ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', readOnly(image, words)], {
      env: { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin', ...image.variables, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const child = start(command);
  let text = '';
  const keep = (data: unknown) => {
    text += String(data);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = once(child, 'exit');
  return {
    printed: () => text,
    stop: async () => {
      const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(child.pid)]);
      process.kill(Number(stdout.trim()), 'SIGTERM');
      await ended;
      return child.exitCode;
    },
    exec: async (words) => {
      const other = start(words);
      const [stdout] = await Promise.all([streamed(other.stdout), once(other, 'exit')]);
      return { code: other.exitCode, stdout };
    },
  };
}

function readOnly({ root, user, folder }: Image, command: readonly string[]): string {
  const [uid, gid] = user.split(':');
  return [
    'set -e',
    'mount --make-rprivate /',
    `mount --bind ${root} ${root}`,
    `mount --bind /dev/null ${root}/dev/null`,
    `mount -o remount,bind,ro ${root}`,
    `exec unshare --root=${root} --wd=${folder} --setuid=${uid} --setgid=${gid} ${command.map(quoted).join(' ')}`,
  ].join('\n');
}

/** Bytes of all files under a folder. */
export async function sizeOf(root: string): Promise<number> {
  const { stdout } = await run('du', ['--summarize', '--bytes', root]);
  return Number(stdout.split('\t')[0]);
}

export const contentOf = async (root: string, folder: string): Promise<readonly string[]> =>
  (await readdir(join(root, folder))).toSorted();
