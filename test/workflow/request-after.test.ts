import { beforeEach, describe, expect, test } from 'vitest';
import type { Aftermath } from '../../src/domain/manifest/emergency.ts';
import type { GitPlace } from '../../src/domain/manifest/git-change.ts';
import { policy } from '../../src/domain/policy/policy.ts';
import { after } from '../../src/domain/text/time.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import { type Begun, begunOf, requestAfter } from '../../src/workflow/lasting/request-after.ts';
import { HeldBack } from '../../src/workflow/lifecycle/held-back.ts';
import { commits } from '../fixtures/memory-repositories.ts';
import { now as actNow, asked, inTwo, merged, type Stage } from './emergency-stage.ts';

/* What one step of the request after an emergency comes to, by how far it has come and what the repository says. */

type Request = Exclude<Aftermath['request'], { step: 'ended' }>;
type Step<S extends Request['step']> = Extract<Request, { step: S }>;

let stage: Stage;
let row: Begun;
let now: string;
beforeEach(async () => {
  stage = await asked();
  await actNow(stage);
  await inTwo(stage, 2);
  const begun = begunOf(stage.rig.row(1));
  if (begun === undefined) throw new Error('it was not begun');
  row = begun;
  now = stage.rig.now().now;
});

interface Looked {
  readonly place?: Partial<GitPlace>;
  /** Seconds since the request was opened or merged. */
  readonly later?: number;
  readonly context?: Partial<WorkflowContext>;
}

function look(request: Request, { place = {}, later = 0, context = {} }: Looked = {}) {
  const { git } = row;
  if (git?.kind !== 'request') throw new Error('it is carried out by no request');
  const given = { ...row, git: { ...git, place: { ...git.place, ...place } } };
  const clock = () => after(now, later);
  const here = { ...stage.rig.context, clock, ...context };
  return requestAfter(here, given, request, new AbortController().signal);
}

const branch = 'firebreak/remediation-1';
const url = 'https://git.example/shop/pull/7';
const opened = (more: Partial<Step<'open'>> = {}) =>
  ({ step: 'open', branch, commit: commits.pushed, openedAt: now, ...more }) as const;
const mergedAt = (more: Partial<Step<'merged'>> = {}) =>
  ({ step: 'merged', branch, commit: commits.merged, mergedAt: now, ...more }) as const;
const undone = 'The cluster has the change, and the repository has not: the next sync undoes it.';

/** With a policy that names no host any more no repository has a say. */
const without = () => ({ policy: () => policy.parse({ version: 1 }) });

const given = (headline: string, body: string, more: object = {}, broadcast = true) => ({
  request: { step: 'ended', sentence: body, ...more },
  afterSeconds: 0,
  told: { headline, body, broadcast },
});

describe('there is none', () => {
  test('where no repository is read, or where no request would carry it out', async () => {
    const { git: _git, ...plain } = row;
    const { repositories: _repositories, ...unread } = stage.rig.context;
    const byHand = { kind: 'by hand', reason: 'An anchor.' } as const;
    const signal = new AbortController().signal;
    for (const came of [
      requestAfter(unread, row, { step: 'wanted' }, signal),
      requestAfter(stage.rig.context, plain, { step: 'wanted' }, signal),
      requestAfter(stage.rig.context, { ...plain, git: byHand }, { step: 'wanted' }, signal),
    ])
      expect(await came).toEqual(given('No pull request', 'This Firebreak reads no repository.'));
  });

  test('at GitLab, where no repository is read', async () => {
    const { repositories: _repositories, ...unread } = stage.rig.context;
    if (row.git?.kind !== 'request') throw new Error('it is carried out by no request');
    const git = { ...row.git, place: { ...row.git.place, calls: 'merge request' as const } };
    const signal = new AbortController().signal;
    expect(await requestAfter(unread, { ...row, git }, { step: 'wanted' }, signal)).toEqual(
      given('No merge request', 'This Firebreak reads no repository.'),
    );
  });

  test('where no repository has a say any more, or people have to change it', async () => {
    const sentence = `No repository has a say any more. ${undone}`;
    expect(await look({ step: 'wanted' }, { context: without() })).toEqual(
      given('No pull request', sentence),
    );
    row = { ...row, facts: { ...row.facts, source: { kind: 'unclear', reason: 'It lives elsewhere' } } };
    expect(await look({ step: 'wanted' })).toEqual(
      given('No pull request', `Where its manifest lives is not known: It lives elsewhere. ${undone}`),
    );
  });

  test.each(['moved', 'refused'] as const)('where the repository has %s', async (kind) => {
    stage.repositories.opens = { kind, reason: 'main is not as it was.' };
    expect(await look({ step: 'opening' })).toEqual(
      given('No pull request', `main is not as it was. ${undone}`),
    );
  });

  test.each([
    ['while Firebreak is stopped', true],
    ['in a step that was given away', false],
  ])('%s', async (_name, isStopped) => {
    if (isStopped) stage.rig.now().shelf.stop = { number: 1, at: now, by: 'U0ANN', reason: 'Wait.' };
    else stage.repositories.opens = { kind: 'late', reason: 'Given away.' };
    await expect(look({ step: 'wanted' })).rejects.toBeInstanceOf(HeldBack);
    expect(stage.repositories.opened).toHaveLength(isStopped ? 0 : 1);
  });
});

describe('is opened', () => {
  test.each([
    ['with a number and an address', { number: 7, url }, 'Opened pull request #7, which makes it last', url],
    [
      'as a branch alone',
      {},
      `Opened branch firebreak/remediation-1-ID, which makes it last`,
      'It goes to main.',
    ],
  ])('%s', async (_name, more, headline, body) => {
    stage.repositories.opens = { kind: 'open', commit: commits.pushed, ...more };
    const id = row.id.slice(0, 8);
    expect(await look({ step: 'wanted' })).toEqual({
      request: opened({ branch: `firebreak/remediation-1-${id}`, ...more }),
      afterSeconds: 5,
      told: { headline: headline.replace('ID', id), body, broadcast: false },
    });
  });
});

describe('open, it is looked at again', () => {
  test.each([
    [0, 10],
    [599, 10],
    [600, 60],
    [3_599, 60],
    [3_600, 300],
    [14_399, 300],
  ])('after %i s in %i s', async (later, afterSeconds) => {
    expect(await look(opened({ number: 7 }), { later })).toEqual({
      request: opened({ number: 7, waitsFor: 'reviews' }),
      afterSeconds,
    });
  });

  test.each([
    ['with its address', { url }],
    ['without', {}],
  ])('until nobody expects it any more, which is told %s', async (_name, more) => {
    expect(await look(opened(more), { later: 14_400 })).toEqual(
      given('Not merged within 4 h', `It is not followed any more. ${undone}`, more),
    );
  });

  test('for nothing where the policy names no place any more', async () => {
    const wanted: unknown[] = [];
    const repositories = {
      ...stage.repositories,
      look: async (at: { readonly wanted: readonly unknown[] }) => {
        wanted.push(at.wanted);
        return stage.repositories.standing;
      },
    };
    await look(opened(), { context: { repositories } });
    await look(opened(), { context: { ...without(), repositories } });
    expect(wanted).toEqual([[expect.objectContaining({ kind: 'Deployment', name: 'web' })], []]);
  });

  test.each([
    ['undefined', 'wanted', 0, undefined],
    ['done', 'told', 60, 'The request is left to people'],
    ['told', 'told', 60, undefined],
  ] as const)('where it conflicts, with a rebase that is %s', async (was, rebase, afterSeconds, headline) => {
    stage.repositories.standing = { kind: 'open', waitsFor: 'people', conflicts: true };
    const came = await look(opened(was === 'undefined' ? {} : { rebase: was }), { later: 700 });
    expect(came).toMatchObject({ request: { step: 'open', rebase }, afterSeconds });
    expect(came.told?.headline).toBe(headline);
    expect(came.told?.broadcast).toBe(headline === undefined ? undefined : true);
  });

  test('to be rebased it is, once', async () => {
    const came = await look(opened({ rebase: 'wanted', waitsFor: 'a rebase on main' }));
    expect(came).toEqual({
      request: opened({ commit: commits.later, rebase: 'done' }),
      afterSeconds: 5,
      told: {
        headline: 'Rebased on main, which has changed the same file',
        body: expect.stringContaining('It is dddddddddddd now, in the place of bbbbbbbbbbbb'),
        broadcast: false,
      },
    });
  });

  test('and nothing is merged of what is to be rebased, or while Firebreak is stopped', async () => {
    const whys: (string | undefined)[] = [];
    const repositories = {
      ...stage.repositories,
      look: async ({ held }: { readonly held: () => Promise<string | undefined> }) => {
        whys.push(await held());
        return stage.repositories.standing;
      },
    };
    await look(opened(), { context: { repositories } });
    await look(opened({ rebase: 'wanted' }), { context: { repositories } });
    stage.rig.now().shelf.stop = { number: 1, at: now, by: 'U0ANN', reason: 'Wait.' };
    await look(opened(), { context: { repositories } });
    expect(whys).toEqual([
      undefined,
      'it is rebased first',
      expect.stringContaining('Firebreak was stopped'),
    ]);
  });
});

describe('closed, it says by whom', () => {
  test.each([
    ['octocat', { url }, 'The pull request was closed without being merged, by octocat'],
    [undefined, {}, 'The pull request was closed without being merged, by somebody'],
  ])('by %s', async (by, more, headline) => {
    stage.repositories.standing = { kind: 'closed', ...(by === undefined ? {} : { by }) };
    const came = await look(opened(more));
    expect(came).toMatchObject({ request: { step: 'ended', sentence: undone }, told: { body: undone } });
    expect(came.request).toEqual({ step: 'ended', sentence: undone, ...more });
    expect(came.told?.headline).toBe(headline);
  });
});

describe('merged, it is', () => {
  test.each<[string, Pick<Step<'merged'>, 'number' | 'url'>, Partial<GitPlace>, string]>([
    ['kept whole', { number: 7, url }, {}, 'Application argocd/shop to apply it'],
    ['kept where there is no more', {}, {}, 'Application argocd/shop to apply it'],
    ['for the cluster where nobody applies it', {}, { owner: undefined }, 'the cluster'],
  ])('%s', async (_name, more, place, waitsFor) => {
    stage.repositories.standing = merged;
    expect(await look(opened(more), { place })).toEqual({
      request: mergedAt({ ...more, waitsFor }),
      afterSeconds: 0,
      told: { headline: 'Merged as cccccccccccc', body: '', broadcast: false },
    });
  });

  const applied = (revisions: readonly string[], trouble?: string) => ({
    cluster: {
      ...stage.rig.context.cluster,
      applied: async () => ({ revisions, ...(trouble === undefined ? {} : { trouble }) }),
    },
  });
  const lasts = (sentence: string, more: object) =>
    given('It lasts', sentence, { applied: true, ...more }, false);

  test.each([
    [[commits.merged], {}],
    [[commits.base, commits.later], { url }],
  ])('lasting with %s', async (revisions, more) => {
    expect(await look(mergedAt(more), { context: applied(revisions) })).toEqual(
      lasts('Application argocd/shop has applied cccccccccccc.', more),
    );
  });

  test.each<[string, Partial<GitPlace>]>([
    ['nobody is known to apply it', { owner: undefined }],
    ['a release is made of it', { owner: { kind: 'HelmRelease', namespace: 'shop', name: 'shop' } }],
  ])('lasting at once where %s', async (_name, place) => {
    expect(await look(mergedAt(), { place, context: applied([]) })).toEqual(
      lasts('The repository says what the cluster has.', {}),
    );
  });

  test.each([
    [599, undefined, 10, ''],
    [600, 'it is out of sync', 60, ' (it is out of sync)'],
  ])('waited for after %i s, with the trouble %s', async (later, trouble, afterSeconds, why) => {
    const waitsFor = `Application argocd/shop to apply cccccccccccc${why}`;
    expect(await look(mergedAt(), { later, context: applied([commits.base], trouble) })).toEqual({
      request: mergedAt({ waitsFor }),
      afterSeconds,
    });
  });

  test.each([
    ['with its address', { url }],
    ['without', {}],
  ])('given up where nobody applies it in time, %s', async (_name, more) => {
    expect(await look(mergedAt(more), { later: 1_800, context: applied([commits.base]) })).toEqual(
      given(
        'Merged and not applied',
        'Application argocd/shop has not applied cccccccccccc within 30 min.',
        more,
      ),
    );
  });
});

test('what was never begun, or is not whole, has no request after it', async () => {
  const whole = stage.rig.row(1);
  expect(begunOf(whole)).toMatchObject({ id: row.id, plan: row.plan });
  const fresh = await asked();
  expect(begunOf(fresh.rig.row(1))).toBeUndefined();
  for (const key of ['plan', 'startedAt', 'spec', 'facts', 'digest', 'dryRun'])
    expect(begunOf({ ...whole, [key]: undefined }), key).toBeUndefined();
});
