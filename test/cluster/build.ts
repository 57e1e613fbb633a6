import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Program, ProgramName } from './programs.ts';
import { linkerFlags, moduleFolder, programs } from './programs.ts';

/** Absolute paths of the programs, and of the file with the stages that kwok's own module carries. */
export type Binaries = Readonly<Record<ProgramName, string>> & { readonly kwokStages: string };

/** The name of the file with kwok's stages, next to the binaries. */
const stagesName = 'kwok-stages.yaml';

/** Kwok's stages that make nodes ready and let pods run, complete and go without delay. */
const stageFiles = [
  'node/fast/node-initialize.yaml',
  'node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
  'pod/fast/pod-ready.yaml',
  'pod/fast/pod-complete.yaml',
  'pod/fast/pod-delete.yaml',
];

/**
 * Finds the control plane, building what is missing.
 *
 * Each program is looked for in KUBEBUILDER_ASSETS first, then in the cache
 * `$XDG_CACHE_HOME/firebreak/control-plane/<hash of go.mod, go.sum and flags>` (default `~/.cache`); what is in
 * neither is built into the cache from Go modules. A cold build takes about ten minutes on two cores.
 * Throws one clear sentence when a build is needed and Go is missing or too old.
 */
export async function buildControlPlane(): Promise<Binaries> {
  const { assets, cache } = folders();
  const find = (name: string) => [join(assets, name), join(cache, name)].find((path) => existsSync(path));
  const missing = programs.filter((program) => !find(program.name));
  if (missing.length > 0 || !find(stagesName)) {
    await requireGo();
    await mkdir(cache, { recursive: true });
  }
  for (const program of missing) await buildProgram(program, cache);
  if (!find(stagesName)) await copyStages(cache);
  const path = (name: string) => find(name) ?? join(cache, name);
  return {
    'kube-apiserver': path('kube-apiserver'),
    'kube-controller-manager': path('kube-controller-manager'),
    'kube-scheduler': path('kube-scheduler'),
    kubectl: path('kubectl'),
    kwok: path('kwok'),
    etcd: path('etcd'),
    kwokStages: path(stagesName),
  };
}

/** The one place of the cluster tests that reads the environment. */
function folders(): { assets: string; cache: string } {
  const { KUBEBUILDER_ASSETS: assets, XDG_CACHE_HOME: cacheHome } = process.env;
  const cache = cacheHome || join(homedir(), '.cache');
  const built = join(cache, 'firebreak', 'control-plane', recipeHash());
  return { assets: assets || built, cache: built };
}

/** Whatever can change a binary is in the hash, so that a cached binary is never a stale one. */
function recipeHash(): string {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${stageFiles}\n`);
  for (const program of programs) {
    hash.update(`${program.name} ${program.source} ${linkerFlags(program)}\n`);
    for (const file of ['go.mod', 'go.sum'])
      hash.update(readFileSync(join(moduleFolder(program.module), file)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function buildProgram(program: Program, cache: string): Promise<void> {
  const begun = performance.now();
  report(`building ${program.name} (the first build takes about ten minutes in all) ...`);
  const unfinished = join(cache, `.${program.name}.${process.pid}`);
  const flags = ['-trimpath', '-ldflags', linkerFlags(program), '-o', unfinished];
  await go(['build', ...flags, program.source], moduleFolder(program.module));
  // Renaming is atomic: two test runs that build at the same time end with one whole binary.
  await rename(unfinished, join(cache, program.name));
  report(`built ${program.name} in ${Math.round((performance.now() - begun) / 1000)} s`);
}

async function copyStages(cache: string): Promise<void> {
  const find = ['list', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kwok'];
  const { stdout } = await promisify(execFile)('go', find, {
    cwd: moduleFolder('kwok'),
    env: goEnvironment(),
  });
  const read = (file: string) => readFile(join(stdout.trim(), 'kustomize', 'stage', file), 'utf8');
  const unfinished = join(cache, `.${stagesName}.${process.pid}`);
  await writeFile(unfinished, (await Promise.all(stageFiles.map(read))).join('\n---\n'));
  await rename(unfinished, join(cache, stagesName));
}

/** Throws unless Go 1.26 is there: Kubernetes 1.36 and kwok 0.8 say `go 1.26.0` in their go.mod. */
async function requireGo(): Promise<void> {
  const version = await promisify(execFile)('go', ['env', 'GOVERSION'], {
    cwd: tmpdir(),
    env: goEnvironment(),
  }).then(
    ({ stdout }) => stdout.trim(),
    () => 'no Go at all',
  );
  const [, major = 0, minor = 0] = (/^go(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  if (major > 1 || (major === 1 && minor >= 26)) return;
  throw new Error(
    `Go 1.26 or newer is needed to build the Kubernetes control plane for the tests, but there is ${version}. ` +
      'Install Go, or set KUBEBUILDER_ASSETS to a folder that holds ' +
      `${programs.map((program) => program.name).join(', ')} and ${stagesName}.`,
  );
}

/** Runs go and shows what it says (downloads, compiler errors) as it goes. Throws when it fails. */
function go(args: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('go', args, { cwd, env: goEnvironment(), stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(`"go ${args.join(' ')}" failed in ${cwd} (exit code ${code}); its own message is above.`),
        );
    });
  });
}

/** Static binaries, no download of another Go, and never a change to the committed go.mod. */
function goEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly', GOWORK: 'off' };
}

function report(line: string): void {
  process.stderr.write(`[control plane] ${line}\n`);
}
