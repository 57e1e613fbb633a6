import { describe, expect, test } from 'vitest';
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
