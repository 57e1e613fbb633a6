import { beforeEach, describe, expect, test } from 'vitest';
import { policy } from '../../src/domain/policy/policy.ts';
import type { RemediationIn } from '../../src/domain/remediation.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import { conflicting, rebase } from '../../src/workflow/lasting/rebase.ts';
import { HeldBack } from '../../src/workflow/lifecycle/held-back.ts';
import { commits } from '../fixtures/memory-repositories.ts';
import { playStep } from '../fixtures/script.ts';
import { asked, digestOf, merged, replies, type Stage } from './emergency-stage.ts';

describe('a request whose base has changed the same file', () => {
  const conflicts = { kind: 'open', waitsFor: 'people: it conflicts', conflicts: true } as const;
  const approved = async (stage: Stage): Promise<Stage> => {
    await playStep(stage.rig, { do: 'approve', by: 'U0ANN' });
    await stage.rig.pass(2);
    return stage;
  };

  test('is rebased once, as what was approved, and then left to people, who hear of it once', async () => {
    const stage = await approved(await asked());
    const { rig, repositories } = stage;
    const digest = digestOf(stage);
    repositories.standing = conflicts;
    await rig.pass(20);
    expect(repositories.rebased).toMatchObject([{ ...repositories.opened[0], commit: commits.pushed }]);
    expect(rig.row(1)).toMatchObject({
      state: 'pr_open',
      request: { step: 'open', number: 7, commit: commits.later, rebase: 'done' },
    });
    expect(digestOf(stage)).toBe(digest);
    repositories.standing = conflicts;
    await rig.pass(600);
    expect(repositories.rebased).toHaveLength(1);
    expect(replies(stage)).toEqual([
      ...['Approved by', 'Opened pull request #7', 'Rebased on main, which has changed the same file'],
      'The request is left to people',
    ]);
    repositories.standing = merged;
    await rig.pass(300);
    expect(rig.row(1)).toMatchObject({ request: { step: 'merged' } });
  });

  test.each(['moved', 'refused'] as const)(
    'is told once and left as it is where the base is %s',
    async (kind) => {
      const stage = await approved(await asked({}, { rebases: { kind, reason: 'main has 4 there.' } }));
      stage.repositories.standing = conflicts;
      await stage.rig.pass(600);
      expect(stage.repositories.rebased).toHaveLength(1);
      expect(stage.rig.row(1)).toMatchObject({ request: { commit: commits.pushed, rebase: 'told' } });
      expect(replies(stage).filter((each) => each === 'The request is left to people')).toHaveLength(1);
    },
  );

  test.each(['before-rebase', 'after-rebase', 'worked:pr_open#3', 'committed:pr_open#3'])(
    'stopped at %s, it is still rebased once',
    async (halt) => {
      const [point, times = '1'] = halt.split('#');
      let seen = 0;
      const probe = async (at: string) => {
        if (at !== point) return;
        seen += 1;
        if (seen !== Number(times)) return;
        throw Object.assign(new Error('The process is gone.'), { name: 'Stopped' });
      };
      const stage = await asked({ probe, between: (rig) => rig.reload() });
      await approved(stage);
      stage.repositories.standing = conflicts;
      await stage.rig.pass(60);
      expect(seen).toBeGreaterThanOrEqual(Number(times));
      expect(new Set(stage.repositories.rebased.map((each) => JSON.stringify(each))).size).toBe(1);
      expect(stage.rig.row(1)).toMatchObject({ request: { commit: commits.later, rebase: 'done' } });
      expect(replies(stage).filter((each) => each.startsWith('Rebased'))).toHaveLength(1);
    },
  );

  test.each([
    { what: 'merged', standing: merged, row: { request: { step: 'merged' } } },
    { what: 'closed', standing: { kind: 'closed', by: 'ann' }, row: { state: 'rejected' } },
  ] as const)('is not rebased where people have $what it before that', async ({ standing, row }) => {
    let isFound = false;
    let stage: Stage | undefined;
    const probe = async (point: string) => {
      const current = stage?.rig.row(1);
      if (
        stage === undefined ||
        current === undefined ||
        isFound ||
        point !== 'committed:pr_open' ||
        current.state !== 'pr_open'
      )
        return;
      if (current.request.step !== 'open' || current.request.rebase !== 'wanted') return;
      isFound = true;
      stage.repositories.standing = standing;
    };
    stage = await asked({ probe }, { rebases: { kind: 'refused', reason: 'There is no branch.' } });
    await approved(stage);
    stage.repositories.standing = conflicts;
    await stage.rig.pass(60);
    expect(isFound).toBe(true);
    expect(stage.repositories.rebased).toEqual([]);
    expect(stage.rig.row(1)).toMatchObject(row);
    expect(replies(stage)).not.toContain('The request is left to people');
  });

  test.each([
    { what: 'by a process that died before that was known', rebases: {}, headline: 'Merged as cccccccccccc' },
    {
      what: 'by others',
      rebases: { rebases: { kind: 'refused', reason: 'There is a branch that is not ours.' } },
      headline: 'Merged as cccccccccccc, with commits that nobody has approved here',
    },
  ] as const)('that was changed $what and merged is told as that', async ({ rebases, headline }) => {
    let stage: Stage | undefined;
    const probe = async (point: string) => {
      const current = stage?.rig.row(1);
      if (stage === undefined || point !== 'committed:pr_open' || current?.state !== 'pr_open') return;
      const { request } = current;
      if (request.step !== 'open') return;
      if (request.rebase === 'wanted') stage.repositories.standing = { ...merged, altered: true };
      if (request.rebase === 'done') stage.repositories.standing = merged;
    };
    stage = await asked({ probe }, rebases);
    await approved(stage);
    stage.repositories.standing = conflicts;
    await stage.rig.pass(60);
    expect(replies(stage)).toContain(headline);
    expect(replies(stage)).not.toContain('The request is left to people');
  });

  test('is asked for again where the repository does not answer', async () => {
    let tries = 0;
    const probe = async (point: string) => {
      if (point !== 'before-rebase') return;
      tries += 1;
      if (tries <= 2) stage.repositories.silent = 1;
    };
    const stage = await asked({ probe });
    await approved(stage);
    stage.repositories.standing = conflicts;
    await stage.rig.pass(60);
    expect(tries).toBe(3);
    expect(stage.repositories.rebased).toHaveLength(1);
    expect(stage.rig.row(1)).toMatchObject({ request: { rebase: 'done', commit: commits.later } });
  });
});

describe('one try', () => {
  let stage: Stage;
  let row: RemediationIn<'pr_open'>;
  beforeEach(async () => {
    stage = await asked();
    await playStep(stage.rig, { do: 'approve', by: 'U0ANN' });
    await stage.rig.pass(2);
    const found = stage.rig.row(1);
    if (found.state !== 'pr_open') throw new Error(found.state);
    row = found;
  });
  const openedAt = '2026-03-01T12:00:00.000Z';
  const request = { step: 'open', branch: 'b', commit: commits.pushed, openedAt } as const;
  const wanted = { ...request, rebase: 'wanted', waitsFor: 'a rebase on main' } as const;
  const changeOf = () => {
    if (row.git?.kind !== 'request') throw new Error('it is carried out by no request');
    return row.git;
  };
  const attempt = (of = row, context: Partial<WorkflowContext> = {}) => {
    const { signal } = new AbortController();
    const here = { ...stage.rig.context, ...context };
    return rebase(here, stage.repositories, of, { change: changeOf(), request: wanted }, signal);
  };
  const left = (reason: string) => ({
    request: { ...wanted, rebase: 'told', waitsFor: `people, who rebase or close it: ${reason}` },
    told: {
      headline: 'The request is left to people',
      body: `${reason} Firebreak does not rebase it: rebase it by hand, or close it and ask for the change again.`,
      isForPeople: true,
    },
  });

  test('is told with both commits', async () => {
    const { waitsFor: _waitsFor, ...rest } = wanted;
    expect(await attempt()).toEqual({
      request: { ...rest, commit: commits.later, rebase: 'done' },
      told: {
        headline: 'Rebased on main, which has changed the same file',
        body: 'It is dddddddddddd now, in the place of bbbbbbbbbbbb: the same lines as were approved.',
        isForPeople: false,
      },
    });
  });

  test('is left to people where no repository has a say any more, or nobody knows which', async () => {
    const without = { policy: () => policy.parse({ version: 1 }) };
    expect(await attempt(row, without)).toEqual(left('No repository has a say in it any more.'));
    const source = { kind: 'unclear', reason: 'It lives elsewhere' } as const;
    const unplaced = { ...row, facts: { ...row.facts, source } };
    const reason = 'Where its manifest lives is not known: It lives elsewhere.';
    expect(await attempt(unplaced)).toEqual(left(reason));
    expect(stage.repositories.rebased).toEqual([]);
  });

  test('is left to people where the repository refuses, without its secrets', async () => {
    stage.repositories.rebases = { kind: 'refused', reason: 'No. password=hunter2hunter2' };
    expect(await attempt()).toEqual(left('No. password=[redacted]'));
  });

  test.each([
    ['while Firebreak is stopped', true, 'Firebreak was stopped (Wait.)'],
    ['in a step that was given away', false, 'Given away.'],
  ])('is held back %s', async (_name, isStopped, reason) => {
    if (isStopped) stage.rig.now().shelf.stop = { number: 1, at: openedAt, by: 'U0ANN', reason: 'Wait.' };
    else stage.repositories.rebases = { kind: 'late', reason: 'Given away.' };
    const came = attempt();
    await expect(came).rejects.toBeInstanceOf(HeldBack);
    await expect(came).rejects.toThrow(reason);
    expect(stage.repositories.rebased).toHaveLength(isStopped ? 0 : 1);
  });

  test('comes before people are told, who are told once', () => {
    const waitsFor = 'people: it conflicts';
    const told = { ...request, rebase: 'told' } as const;
    expect(conflicting(request, waitsFor, changeOf())).toEqual({ request: wanted });
    expect(conflicting(told, waitsFor, changeOf())).toEqual({ request: { ...told, waitsFor } });
    const reason = 'main has changed the same file again since it was rebased.';
    const done = { ...wanted, rebase: 'done' } as const;
    expect(conflicting(done, waitsFor, changeOf())).toEqual(left(reason));
  });
});
