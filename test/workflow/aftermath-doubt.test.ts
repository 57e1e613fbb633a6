import { describe, expect, test } from 'vitest';
import type { Remediation } from '../../src/domain/remediation.ts';
import { ClusterFault } from '../../src/workflow/ports.ts';
import { nothing, onAftermath } from './aftermath-stage.ts';

/* What a step comes to while it is not known whether the change of an emergency is in the cluster. */

const it = onAftermath();

describe('a change whose answer was lost', () => {
  const answer = { sentence: 'Paused.', alreadyDone: false, warnings: [] };
  const lost = (more: object = {}) => it.failed({ inDoubt: true, results: [answer], ...more });
  const field = { object: 'Deployment web', field: 'spec.replicas', verified: '5', now: '3', isBack: true };
  const drifting = (came: readonly (typeof field)[] | Error, asked: unknown[] = []) => ({
    cluster: {
      ...it.stage.rig.context.cluster,
      drifted: async (plan: { readonly calls: readonly unknown[] }) => {
        asked.push(plan.calls);
        if (came instanceof Error) throw came;
        return came;
      },
    },
  });
  const inDoubt = 'It is not known whether the change was made, because its answer was lost.';
  const byPeople = 'No pull request was opened. Look at the object before you ask for it again.';
  const kept = (dueAt: string) => ({ steps: it.stored.steps, aftermath: it.stored.aftermath, dueAt });
  const over = (sentence: string, dueAt: string) => ({
    steps: it.stored.steps,
    aftermath: { ...it.stored.aftermath, request: { step: 'ended', sentence } },
    dueAt,
    told: { kind: 'reply', headline: 'No pull request', body: sentence, broadcast: true },
  });

  test('is found in the cluster, which is told, and its request follows', async () => {
    const asked: unknown[] = [];
    expect((await it.step({ row: lost(), context: drifting([], asked) })).committed).toEqual({
      steps: it.stored.steps,
      aftermath: { ...it.stored.aftermath, found: true },
      dueAt: it.now,
      told: {
        kind: 'reply',
        headline: 'The change is in the cluster',
        body: 'Its answer was lost, and it was found there. The pull request follows.',
        broadcast: true,
      },
    });
    const [, ...calls] = it.unanswered().plan.calls;
    expect(asked).toEqual([calls]);
    const next = await it.step({ row: lost(), aftermath: { found: true }, context: drifting([field]) });
    expect(next.committed).toMatchObject({ aftermath: { request: { step: 'open' } } });
  });

  test.each([
    ['No merge request', [field], 'It was looked for and is not there. No merge request was opened.'],
    ['The change is in the cluster', [], 'it was found there. The merge request follows.'],
  ])('is told of a merge request at GitLab: %s', async (headline, drifted, body) => {
    const row = lost();
    if (!('git' in row) || row.git?.kind !== 'request') throw new Error('it is carried out by no request');
    const git = { ...row.git, place: { ...row.git.place, calls: 'merge request' as const } };
    const { committed } = await it.step({ row: { ...row, git }, seconds: 90, context: drifting(drifted) });
    expect(committed).toMatchObject({ told: { headline, body: expect.stringContaining(body) } });
  });

  test.each([
    [0, 15],
    [89, 15],
    [90, undefined],
  ])('and is not there after %i s is looked for again in %s s', async (seconds, again) => {
    const sentence = `${inDoubt} It was looked for and is not there. ${byPeople}`;
    expect((await it.step({ row: lost(), seconds, context: drifting([field]) })).committed).toEqual(
      again === undefined ? over(sentence, it.at(seconds)) : kept(it.at(seconds + again)),
    );
  });

  test('and was sent without a pause is looked for as well', async () => {
    const { before: _before, calls, ...plan } = it.unanswered().plan;
    const { results: _results, ...unsent } = { results: [], ...it.unanswered() };
    const plain = { ...unsent, plan: { ...plan, calls: calls.slice(1) } };
    const failure = {
      state: 'failed',
      stage: 'execution',
      endedAt: it.now,
      failure: 'No.',
      inDoubt: true,
    } as const;
    const { committed } = await it.step({
      row: { ...plain, ...failure },
      isUnpaused: true,
      context: drifting([]),
    });
    expect(committed).toMatchObject({ aftermath: { found: true } });
  });

  test.each<[string, () => Remediation]>([
    ['that answer was of the pause', () => lost({ results: [] })],
    ['nothing says that it was lost', () => it.failed({ results: [answer] })],
  ])('is not looked for where %s', async (_name, of) => {
    const { committed } = await it.step({ row: of(), context: drifting([]) });
    expect(committed).toMatchObject({ aftermath: { request: nothing } });
    expect(committed?.aftermath).not.toHaveProperty('found');
  });

  test('and by which it could not be told is not there', async () => {
    const asked: unknown[] = [];
    const { plan } = it.unanswered();
    const [begin, change] = plan.calls;
    if (begin === undefined || change === undefined) throw new Error('there are no two calls');
    const unseen = { ...change, recognise: { kind: 'none' } };
    const context = drifting([], asked);
    const look = async (calls: readonly object[]) =>
      (await it.step({ row: lost({ plan: { ...plan, calls } }), context, seconds: 90 })).committed;
    expect(await look([begin, unseen])).toMatchObject({ aftermath: { request: { step: 'ended' } } });
    expect(asked).toEqual([]);
    expect(await look([begin, change, unseen])).toMatchObject({ aftermath: { found: true } });
    expect(asked).toEqual([[change, unseen]]);
  });

  test.each([
    [0, false],
    [4 * 3600 - 3, false],
    [4 * 3600, true],
  ])(
    'is looked for again where the cluster does not answer, after %i s given up: %s',
    async (seconds, isOver) => {
      const away = new ClusterFault('The API server does not answer.');
      const sentence = `${inDoubt} It could not be looked for: The API server does not answer. ${byPeople}`;
      const context = drifting(away);
      const long = { ...it.pause(), until: it.at(5 * 3600) };
      const { committed } = await it.step({ row: lost(), seconds, context, aftermath: { pause: long } });
      const came = isOver ? over(sentence, it.at(seconds)) : kept(it.at(seconds + 60));
      expect(committed).toEqual({ ...came, aftermath: { ...came.aftermath, pause: long } });
    },
  );

  test('is no reason to hide another fault, or any while the process stops', async () => {
    const broken = new Error('It is broken.');
    await expect(it.step({ row: lost(), context: drifting(broken) })).rejects.toBe(broken);
    const away = new ClusterFault('The API server does not answer.');
    const signal = AbortSignal.abort();
    await expect(it.step({ row: lost(), context: drifting(away), signal })).rejects.toBe(away);
  });
});
