import { isUtf8 } from 'node:buffer';
import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import git, { Errors, type PrePushParams } from 'isomorphic-git';
import { RepositoryFault } from '../../../workflow/repositories-port.ts';
import { type Files, isManifest } from '../files.ts';
import { createHttp } from './http.ts';
import { authorization, type Remote } from './remote.ts';

/* One repository over HTTP, as objects in a folder of its own that goes with it: no working tree, no Git on the machine. */

/** Milliseconds for all that is done with a repository at one time: a server that never ends must not hold a step. */
const patience = 60_000;

/** Bytes; manifests that people write are far smaller. */
const largestFile = 1_048_576;

/** A fetched repository, for as long as it is worked with. */
export interface Fetched {
  /** Commit of a branch with so many before it; undefined where there is no such branch. */
  branch(name: string, depth?: number): Promise<string | undefined>;
  /** The manifests of a commit. What is not YAML or JSON, not UTF-8 whole, and files above 1 MiB, are left out. */
  files(commit: string): Promise<Files>;
  message(commit: string): Promise<string>;
  /** The only parent of a commit; undefined for a merge and for a first commit. */
  parent(commit: string): Promise<string | undefined>;
  /** Whether a commit is another one with these files changed, and nothing else. */
  isChange(commit: string, base: string, files: Files): Promise<boolean>;
  /** Whether a commit has another one in what was fetched of its history, or is it. */
  has(commit: string, ancestor: string): Promise<boolean>;
  /** One commit with these files changed; the same input makes the same commit. */
  commit(change: NewCommit): Promise<string>;
  /** Pushes a commit to a branch that is not there. False where somebody else has made it. */
  push(branch: string, commit: string): Promise<boolean>;
  /** Puts a commit in the place of another one on its branch. False where that has not got this other one any more. */
  replace(branch: string, before: string, commit: string): Promise<boolean>;
}

interface NewCommit {
  readonly base: string;
  readonly files: Files;
  readonly message: string;
  /** ISO instant. */
  readonly at: string;
}

/** @throws RepositoryFault when the repository cannot be asked */
export async function withRepository<T>(
  remote: Remote,
  signal: AbortSignal,
  work: (repository: Fetched) => Promise<T>,
): Promise<T> {
  const gitdir = await mkdtemp(join(tmpdir(), 'firebreak-git-'));
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
    return await work(await opened(remote, gitdir, within));
  } catch (fault) {
    if (signal.aborted || fault instanceof RepositoryFault) throw fault;
    throw new RepositoryFault(`${remote.url}: ${sentenceOf(fault)}`, { cause: fault });
  } finally {
    await rm(gitdir, { recursive: true, force: true });
  }
}

/** Asks for what a push begins with, and pushes nothing. @throws RepositoryFault where whoever logs in may not push */
export async function askToPush(remote: Remote, signal: AbortSignal): Promise<void> {
  const http = createHttp(new URL(remote.url).origin, signal);
  try {
    const headers = authorization(remote);
    await git.listServerRefs({ http, url: remote.url, headers, forPush: true, protocolVersion: 1 });
  } catch (fault) {
    if (signal.aborted || fault instanceof RepositoryFault) throw fault;
    throw new RepositoryFault(`${remote.url}: ${sentenceOf(fault)}`, { cause: fault });
  }
}

function sentenceOf(fault: unknown): string {
  if (fault instanceof Errors.HttpError) {
    const { statusCode } = fault.data;
    if (statusCode === 401 || statusCode === 403)
      return `the credentials are not accepted (HTTP ${statusCode})`;
    if (statusCode === 404)
      return 'there is no such repository, or the credentials do not reach it (HTTP 404)';
    return `HTTP ${statusCode}`;
  }
  return fault instanceof Error ? fault.message : String(fault);
}

async function opened(remote: Remote, gitdir: string, signal: AbortSignal): Promise<Fetched> {
  const http = createHttp(new URL(remote.url).origin, signal);
  const cache = {};
  const at = { fs, gitdir, cache };
  // Headers of its own for each call: isomorphic-git writes into what it is given.
  const wire = () => ({ http, url: remote.url, headers: authorization(remote) });
  const pushed = async (branch: string, commit: string, before?: string): Promise<boolean> => {
    const ref = `refs/heads/${branch}`;
    await git.writeRef({ fs, gitdir, ref, value: commit, force: true });
    // The server takes it if the branch is still as it was when this asked: what it had then is what has to be replaced.
    const lease =
      before === undefined
        ? {}
        : { force: true, onPrePush: ({ remoteRef }: PrePushParams) => remoteRef.oid === before };
    try {
      await git.push({ ...at, ...wire(), ...lease, remote: 'origin', ref, remoteRef: ref, signal });
      return true;
    } catch (fault) {
      // Somebody else was quicker with another commit, or a rule of the host forbids it: what is there decides.
      if (refusals.some((kind) => fault instanceof kind)) return false;
      throw fault;
    }
  };
  await git.init({ fs, gitdir, bare: true });
  await git.addRemote({ fs, gitdir, remote: 'origin', url: remote.url });
  return {
    async branch(name, depth = 1) {
      if (!isBranchName(name)) return undefined;
      const prefix = `refs/heads/${name}`;
      const refs = await git.listServerRefs({ ...wire(), prefix });
      const oid = refs.find(({ ref }) => ref === prefix)?.oid;
      if (oid === undefined) return undefined;
      // It may have moved since: what was fetched is what there is to read.
      const { fetchHead } = await git.fetch({
        ...at,
        ...wire(),
        remote: 'origin',
        ref: prefix,
        depth,
        singleBranch: true,
        tags: false,
      });
      return fetchHead ?? oid;
    },
    files: (commit) => manifestsOf(at, commit),
    message: async (commit) => (await git.readCommit({ ...at, oid: commit })).commit.message,
    parent: async (commit) => {
      const [first, ...others] = (await git.readCommit({ ...at, oid: commit })).commit.parent;
      return others.length === 0 ? first : undefined;
    },
    isChange: async (commit, base, changed) => {
      const [is, was] = await Promise.all(
        [commit, base].map(async (oid) => (await git.readCommit({ ...at, oid })).commit.tree),
      );
      return was !== undefined && is === (await withFiles(at, was, stepsOf(changed)));
    },
    has: async (commit, ancestor) =>
      commit === ancestor ||
      (await git.isDescendent({ ...at, oid: commit, ancestor, depth: -1 }).catch(() => false)),
    commit: (change) => committed(at, change),
    push: (branch, commit) => pushed(branch, commit),
    replace: (branch, before, commit) => pushed(branch, commit, before),
  };
}

const refusals = [Errors.PushRejectedError, Errors.GitPushError, Errors.UserCanceledError];

/** What Git itself takes for the name of a branch, more or less (git-scm.com, "git-check-ref-format"). */
const isBranchName = (name: string): boolean =>
  /^(?![/-])[^\s~^:?*[\\\p{Cc}]+$/u.test(name) && !/\.\.|\/\/|@\{|\/\.|^\.|\.lock$|[./]$/.test(name);

type At = { readonly fs: typeof fs; readonly gitdir: string; readonly cache: object };

async function manifestsOf(at: At, commit: string): Promise<Files> {
  const found = new Map<string, string>();
  await git.walk({
    ...at,
    trees: [git.TREE({ ref: commit })],
    map: async (path, [entry]) => {
      if (entry === undefined || entry === null) return;
      if ((await entry.type()) !== 'blob' || (await entry.mode()) === 0o120000 || !isManifest(path)) return;
      const content = await entry.content();
      // Other text would not come back as the same bytes, in lines that nobody has approved.
      if (content !== undefined && content.length <= largestFile && isUtf8(content))
        found.set(path, Buffer.from(content).toString('utf8'));
    },
  });
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const author = { name: 'Firebreak', email: 'firebreak@users.noreply.invalid' };

async function committed(at: At, { base, files, message, at: instant }: NewCommit): Promise<string> {
  const { commit } = await git.readCommit({ ...at, oid: base });
  const tree = await withFiles(at, commit.tree, stepsOf(files));
  const who = { ...author, timestamp: Math.floor(Date.parse(instant) / 1000), timezoneOffset: 0 };
  const whole = { tree, parent: [base], author: who, committer: who, message };
  return git.writeCommit({ fs: at.fs, gitdir: at.gitdir, commit: whole });
}

interface Changed {
  readonly steps: readonly string[];
  readonly text: string;
}

const stepsOf = (files: Files): readonly Changed[] =>
  [...files].map(([path, text]) => ({ steps: path.split('/'), text }));

/** The tree with these files changed; each is there already, and keeps its mode. */
async function withFiles(at: At, oid: string, changed: readonly Changed[]): Promise<string> {
  const { tree } = await git.readTree({ ...at, oid });
  const next = await Promise.all(
    tree.map(async (entry) => {
      const inside = changed.filter(({ steps }) => steps[0] === entry.path);
      const [first] = inside;
      if (first === undefined) return entry;
      if (entry.type === 'tree') {
        const below = inside.map(({ steps, text }) => ({ steps: steps.slice(1), text }));
        return { ...entry, oid: await withFiles(at, entry.oid, below) };
      }
      const blob = Buffer.from(first.text, 'utf8');
      return { ...entry, oid: await git.writeBlob({ fs: at.fs, gitdir: at.gitdir, blob }) };
    }),
  );
  return git.writeTree({ fs: at.fs, gitdir: at.gitdir, tree: next });
}
