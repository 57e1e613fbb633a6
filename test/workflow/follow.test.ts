import { beforeEach, describe, expect, test } from 'vitest';
import type { GitPlace } from '../../src/domain/manifest/git-change.ts';
import { policy } from '../../src/domain/policy/policy.ts';
import type { RemediationIn } from '../../src/domain/remediation.ts';
import { after } from '../../src/domain/text/time.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import { followRequest } from '../../src/workflow/lasting/follow.ts';
import { ClusterFault } from '../../src/workflow/ports.ts';
import { commits } from '../fixtures/memory-repositories.ts';
import { playStep } from '../fixtures/script.ts';
import { asked, merged, type Stage } from './emergency-stage.ts';

/* What one step of a request comes to, by how far it has come and what the repository and the cluster say. */

type Open = RemediationIn<'pr_open'>;
type Observed = Awaited<ReturnType<WorkflowContext['cluster']['observe']>>;

let stage: Stage;
let row: Open;
let now: string;
beforeEach(async () => {
  stage = await asked();
  await playStep(stage.rig, { do: 'approve', by: 'U0ANN' });
  await stage.rig.pass(2);
  const found = stage.rig.row(1);
  if (found.state !== 'pr_open') throw new Error(found.state);
  row = found;
  now = stage.rig.now().now;
});

interface Looked {
  readonly request?: Open['request'];
  readonly place?: Partial<GitPlace>;
  /** Seconds since the row was written. */
  readonly later?: number;
  readonly context?: Partial<WorkflowContext>;
  readonly signal?: AbortSignal;
}

function look({ request = opened(), place = {}, later = 0, context = {}, signal }: Looked = {}) {
  const { git } = row;
  if (git?.kind !== 'request') throw new Error('it is carried out by no request');
  const given = { ...row, request, git: { ...git, place: { ...git.place, ...place } } };
  const clock = () => after(now, later);
  return followRequest(
    { ...stage.rig.context, clock, ...context },
    given,
    signal ?? new AbortController().signal,
  );
}

const branch = 'firebreak/remediation-1';
const opened = (more: Partial<Extract<Open['request'], { step: 'open' }>> = {}) =>
  ({ step: 'open', branch, commit: commits.pushed, openedAt: now, ...more }) as const;
const mergedAt = (more: Partial<Extract<Open['request'], { step: 'merged' }>> = {}) =>
  ({ step: 'merged', branch, commit: commits.merged, mergedAt: now, ...more }) as const;

/** With a policy that names no host any more no repository has a say. */
const without = () => ({ policy: () => policy.parse({ version: 1 }) });
const unplaced = { kind: 'unclear', reason: 'It lives elsewhere' } as const;

test('is not followed where no repository is read, or where no request carries it out', async () => {
  const { git, ...plain } = row;
  const byHand = { kind: 'by hand', reason: 'An anchor.' } as const;
  const { repositories: _repositories, ...unread } = stage.rig.context;
  const signal = new AbortController().signal;
  for (const came of [
    followRequest(unread, row, signal),
    followRequest(unread, plain, signal),
    followRequest(stage.rig.context, plain, signal),
    followRequest(stage.rig.context, { ...plain, git: byHand }, signal),
  ])
    expect(await came).toMatchObject({
      next: { state: 'failed', failure: 'This Firebreak reads no repository.' },
    });
  expect(git).toMatchObject({ kind: 'request' });
});

describe('is opened', () => {
  const opening = { step: 'opening' } as const;

  test.each([
    ['with a number and an address', { number: 7, url: 'https://git.example/shop/pull/7' }],
    ['as a branch alone', {}],
  ])('%s', async (_name, more) => {
    stage.repositories.opens = { kind: 'open', commit: commits.pushed, ...more };
    const { next } = await look({ request: opening });
    expect(next).toMatchObject({ state: 'pr_open' });
    expect('request' in next && next.request).toEqual({
      ...{ step: 'open', branch: `firebreak/remediation-1-${row.id.slice(0, 8)}` },
      ...{ commit: commits.pushed, openedAt: now, ...more },
    });
  });

  test('not where no repository has a say any more, or where people have to change it', async () => {
    const failure = 'No repository has a say in it any more.';
    expect(await look({ request: opening, context: without() })).toMatchObject({
      next: { state: 'failed', failure },
    });
    row = { ...row, facts: { ...row.facts, source: unplaced } };
    expect(await look({ request: opening })).toMatchObject({
      next: { state: 'failed', failure: expect.stringContaining('It lives elsewhere') },
    });
  });
});

test.each([
  [0, 10],
  [599, 10],
  [600, 60],
  [3_599, 60],
  [3_600, 300],
])('what was opened %i s ago is looked at again after %i s', async (later, afterSeconds) => {
  expect(await look({ later })).toMatchObject({
    next: { state: 'pr_open', request: { step: 'open', waitsFor: 'reviews' } },
    sideEffects: [{ kind: 'card' }, { kind: 'wake', afterSeconds }],
  });
});

describe('the end of patience', () => {
  test.each([
    [14_399, 'pr_open'],
    [14_400, 'expired'],
  ])('for a merge: after %i s it is %s', async (later, state) => {
    expect(await look({ later })).toMatchObject({ next: { state } });
  });

  test.each([
    [1_799, 'pr_open'],
    [1_800, 'failed'],
  ])('for whoever applies it: after %i s it is %s', async (later, state) => {
    expect(await look({ later, request: mergedAt() })).toMatchObject({ next: { state } });
  });

  test.each<[string, Looked, string]>([
    [
      'whoever applies it',
      {},
      `Merged as ${commits.merged}, and Application argocd/shop has not applied it within 30 min. It waits for Application argocd/shop to apply cccccccccccc.`,
    ],
    [
      'the cluster, where nobody is known to apply it',
      { place: { owner: undefined }, context: {} },
      `Merged as ${commits.merged}, and the cluster has not got it within 30 min. It waits for the object, which is not there.`,
    ],
  ])('names %s', async (_name, how, failure) => {
    const cluster = { ...stage.rig.context.cluster, observe: async (): Promise<Observed> => absent() };
    const context = { cluster };
    expect(await look({ ...how, context, later: 1_800, request: mergedAt() })).toMatchObject({
      next: { failure },
    });
  });
});

const absent = (): Observed => ({ kind: 'absent', at: now });

describe('a branch without a request', () => {
  test.each<[string, () => Partial<WorkflowContext>, string]>([
    [
      'for the policy to name its place',
      without,
      'the policy: its gitOps names no repository for this any more.',
    ],
    ['for reviews while it does', () => ({}), 'reviews'],
  ])('waits %s', async (_name, context, waitsFor) => {
    expect(await look({ context: context() })).toMatchObject({
      next: { request: { step: 'open', waitsFor } },
    });
  });

  test('with a number is asked about although the policy names no place, and for nothing in it', async () => {
    const wanted: unknown[] = [];
    const repositories = {
      ...stage.repositories,
      look: async (at: { readonly wanted: readonly unknown[] }) => {
        wanted.push(at.wanted);
        return stage.repositories.standing;
      },
    };
    const request = opened({ number: 7 });
    expect(await look({ request, context: { ...without(), repositories } })).toMatchObject({
      next: { request: { waitsFor: 'reviews' } },
    });
    await look({ request, context: { repositories } });
    expect(wanted).toEqual([[], [expect.objectContaining({ kind: 'Deployment', name: 'web' })]]);
  });
});

describe('what conflicts', () => {
  const wakes = ({ sideEffects }: { readonly sideEffects: readonly object[] }) => sideEffects.at(-1);
  test.each([
    ['never rebased', undefined, 'request_rebased', { rebase: 'wanted', waitsFor: 'a rebase on main' }, 0],
    ['rebased', 'done', 'request_rebased', { rebase: 'told' }, 60],
    ['left to people', 'told', 'request_looked', { rebase: 'told', waitsFor: 'people' }, 60],
  ] as const)('and was %s', async (_name, rebase, event, request, afterSeconds) => {
    stage.repositories.standing = { kind: 'open', waitsFor: 'people', conflicts: true };
    const came = await look({ later: 700, request: opened(rebase === undefined ? {} : { rebase }) });
    expect(came).toMatchObject({ event, next: { request } });
    expect(wakes(came)).toEqual({ kind: 'wake', afterSeconds });
  });
});

describe('what is merged', () => {
  test.each([
    ['with its number and address', { number: 7, url: 'https://git.example/shop/pull/7' }],
    ['without', {}],
  ])('is kept %s', async (_name, more) => {
    stage.repositories.standing = merged;
    const { next } = await look({ request: opened(more) });
    expect('request' in next && next.request).toEqual(
      mergedAt({ ...more, waitsFor: 'Application argocd/shop to apply it' }),
    );
  });

  test('waits for the cluster where nobody is known to apply it', async () => {
    stage.repositories.standing = merged;
    expect(await look({ place: { owner: undefined } })).toMatchObject({
      next: { request: { waitsFor: 'the cluster to have it' } },
    });
  });

  const applied = (revisions: readonly string[], trouble?: string) => ({
    cluster: {
      ...stage.rig.context.cluster,
      applied: async () => ({ revisions, ...(trouble === undefined ? {} : { trouble }) }),
    },
  });

  test.each([
    [[commits.merged], 'Application argocd/shop has applied cccccccccccc.'],
    [
      [commits.base, commits.later],
      'Application argocd/shop has applied dddddddddddd, which has cccccccccccc.',
    ],
  ])('has arrived with %s', async (revisions, sentence) => {
    const { next } = await look({ request: mergedAt(), context: applied(revisions) });
    expect(next).toMatchObject({ state: 'verifying', results: [{ sentence, alreadyDone: true }] });
  });

  test.each([
    [undefined, 'Application argocd/shop to apply cccccccccccc'],
    ['it is out of sync', 'Application argocd/shop to apply cccccccccccc: it is out of sync'],
  ])('waits for whoever applies it, with the trouble %s', async (trouble, waitsFor) => {
    const came = await look({ request: mergedAt(), context: applied([commits.base], trouble) });
    expect(came).toMatchObject({ next: { state: 'pr_open', request: { waitsFor } } });
  });

  test.each<[string, Partial<GitPlace>]>([
    ['nobody is known to apply it', { owner: undefined }],
    ['a release is made of it', { owner: { kind: 'HelmRelease', namespace: 'shop', name: 'shop' } }],
  ])('is there with its values where %s', async (_name, place) => {
    const asks: unknown[] = [];
    const there = await stage.rig.context.cluster.observe(
      { kind: 'Deployment', namespace: 'shop', name: 'web' },
      new AbortController().signal,
    );
    if (there.kind === 'absent') throw new Error('it is not there');
    const seen: Observed[] = [absent(), { ...there, changed: '3 replicas' }, there];
    const observe: WorkflowContext['cluster']['observe'] = async (target, _signal, plan) => {
      asks.push({ name: target.name, ...plan });
      return seen.shift() ?? absent();
    };
    const context = { cluster: { ...stage.rig.context.cluster, observe } };
    const ask = () => look({ request: mergedAt(), place, context });
    expect(await ask()).toMatchObject({ next: { request: { waitsFor: 'the object, which is not there' } } });
    expect(await ask()).toMatchObject({
      next: { request: { waitsFor: 'the cluster to have it: 3 replicas' } },
    });
    const sentence = 'The cluster has what was merged.';
    expect(await ask()).toMatchObject({ next: { state: 'verifying', results: [{ sentence }] } });
    expect(asks).toEqual(Array.from({ length: 3 }, () => ({ name: 'web', ...row.plan })));
  });
});

describe('a fault', () => {
  const failing = (fault: Error) => ({
    cluster: {
      ...stage.rig.context.cluster,
      applied: async () => {
        throw fault;
      },
    },
  });

  test('of the cluster is waited for', async () => {
    const context = failing(new ClusterFault('The API server does not answer.'));
    expect(await look({ request: mergedAt(), context })).toMatchObject({
      next: { request: { waitsFor: 'an answer: The API server does not answer.' } },
    });
  });

  test('of another kind, and any while the process stops, is one', async () => {
    const broken = new Error('It is broken.');
    await expect(look({ request: mergedAt(), context: failing(broken) })).rejects.toBe(broken);
    const away = new ClusterFault('The API server does not answer.');
    const signal = AbortSignal.abort();
    await expect(look({ request: mergedAt(), context: failing(away), signal })).rejects.toBe(away);
  });
});
