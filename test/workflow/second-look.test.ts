import { describe, expect, test } from 'vitest';
import { after } from '../../src/domain/text/time.ts';
import { handleWake } from '../../src/workflow/lifecycle/run.ts';
import { play, type Script } from '../fixtures/script.ts';
import { alerting } from '../fixtures/scripts/alerting.ts';
import type { World } from '../fixtures/world.ts';

const restarted = alerting.find(({ name }) => /its owner is restarted/.test(name));
const hours = 3600;

/** A restart that was verified, and the world some hours later. */
async function later(is: Partial<World>, seconds = 4 * hours + 1) {
  if (restarted === undefined) throw new Error('there is no such script');
  const rig = await play(restarted satisfies Script);
  Object.assign(rig.now().world, is);
  await rig.pass(seconds);
  const { shelf } = rig.now();
  const words = shelf.messages.flatMap(({ notice }) => (notice.kind === 'reply' ? [notice] : []));
  return { rig, shelf, row: rig.row(1), look: shelf.looks[rig.row(1).id], last: words.at(-1) };
}

describe('some hours after a change was verified', () => {
  test('what is as it was then has lasted, and only that earns trust', async () => {
    const { shelf, look, last } = await later({});
    expect(look?.result).toBe('lasted');
    expect(last).toMatchObject({ headline: 'Lasted', broadcast: false });
    expect(shelf.outcomes).toMatchObject([
      { playbook: 'restart-crashing', environment: 'other namespaces', result: 'lasted' },
    ]);
    expect(shelf.log).toHaveLength(1);
  });

  test('before that nothing is looked at', async () => {
    const { shelf, look } = await later({ ill: true }, 4 * hours - 60);
    expect(look).toEqual({ looks: 0 });
    expect(shelf.outcomes).toEqual([]);
  });

  test.each<[string, Partial<World>, string, RegExp, boolean]>([
    [
      'undone, with who it was',
      { meddled: { by: 'argocd-controller', back: true } },
      'undone',
      /argocd-controller/,
      true,
    ],
    ['written over', { meddled: { by: 'kubectl-edit', back: false } }, 'replaced', /kubectl-edit/, false],
    ['as the playbook claimed it to be', { ill: true }, 'came_back', /crash looping|wrong with it/, true],
    ['as verification would not take it', { crashing: true }, 'came_back', /./, true],
  ])('%s', async (_name, is, result, sentence, counts) => {
    const { shelf, look, last } = await later(is);
    expect(look?.result).toBe(result);
    expect(last?.body).toMatch(sentence);
    expect(last?.broadcast).toBe(counts);
    expect(shelf.outcomes.map((each) => each.result)).toEqual(counts ? [result] : []);
    expect(shelf.log.at(-1)?.detail).toMatch(sentence);
  });

  test('what cannot be seen is looked at again, and at last said to be unknown: it counts as nothing', async () => {
    const { shelf, look, last } = await later({ silent: ['observe'], failing: -1 }, 6 * hours);
    expect(look).toEqual({ looks: 4, result: 'unknown' });
    expect(last?.headline).toBe('Whether it lasted could not be seen');
    expect(shelf.outcomes).toEqual([]);
  });

  test('of what is gone, as a deleted pod is, nothing is claimed any more', async () => {
    const { look } = await later({ absent: true });
    expect(look?.result).toBe('lasted');
  });

  test('a claim that may not be looked at any more says nothing', async () => {
    const { look, last } = await later({ denied: 'It may not get Deployment/web.' }, 6 * hours);
    expect(look).toEqual({ looks: 4, result: 'unknown' });
    expect(last?.body).toBe('It may not get Deployment/web.');
  });

  test('a cluster that answers again in time', async () => {
    const { look } = await later({ silent: ['observe'], failing: 2 }, 6 * hours);
    expect(look?.result).toBe('lasted');
  });

  test('one of another cluster is left to whoever is there, and offered again some minutes later', async () => {
    if (restarted === undefined) throw new Error('there is no such script');
    const rig = await play(restarted satisfies Script);
    const { id } = rig.row(1);
    const asked: string[] = [];
    const cluster = new Proxy(rig.context.cluster, {
      get: (real, name, self) => {
        asked.push(String(name));
        return Reflect.get(real, name, self);
      },
    });
    const store = { ...rig.context.store, belongsTo: async () => false };
    const [job] = rig.now().shelf.jobs.filter(({ wake }) => wake.kind === 'look');
    if (job === undefined) throw new Error('no look is due');
    const claim = { queue: 'wake', jobId: job.jobId, attempt: job.attempt };
    await handleWake({ ...rig.context, store, cluster }, job.wake, claim, new AbortController().signal);
    expect(asked).toEqual(['identity']);
    expect(rig.now().shelf.looks[id]).toEqual({ looks: 0 });
    const looks = rig.now().shelf.jobs.filter(({ wake }) => wake.kind === 'look');
    expect(looks).toMatchObject([
      { wake: { kind: 'look', id, version: 0 }, dueAt: after(rig.context.clock(), 300) },
    ]);
  });

  test('what a person asked for is looked at, too, and moves no trust', async () => {
    const rig = await play({
      name: 'by a person',
      steps: [{ do: 'ask', text: 'rollout restart deploy/web -n shop' }],
      ends: [],
    });
    rig.now().world.meddled = { by: 'helm', back: true };
    await rig.pass(5 * hours);
    expect(rig.now().shelf.looks[rig.row(1).id]?.result).toBe('undone');
    expect(rig.now().shelf.outcomes).toEqual([]);
  });
});
