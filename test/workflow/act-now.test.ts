import { beforeEach, describe, expect, test } from 'vitest';
import { policy } from '../../src/domain/policy/policy.ts';
import type { Remediation, RemediationIn } from '../../src/domain/remediation.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import { type ActNow, actNow, offerToActNow } from '../../src/workflow/lasting/act-now.ts';
import { ClusterFault } from '../../src/workflow/ports.ts';
import { playStep } from '../fixtures/script.ts';
import { asked, digestOf, type Stage } from './emergency-stage.ts';

/* What is answered to whoever wants a change before its pull request, by what is known of the card and the cluster. */

let stage: Stage;
let row: RemediationIn<'waiting'>;
beforeEach(async () => {
  stage = await asked();
  const found = stage.rig.row(1);
  if (found.state !== 'waiting') throw new Error(found.state);
  row = found;
});

interface How {
  readonly wanted?: Partial<ActNow>;
  readonly context?: Partial<WorkflowContext>;
}
const act = ({ wanted = {}, context = {} }: How = {}) =>
  actNow(
    { ...stage.rig.context, ...context },
    {
      ...{ remediationId: row.id, digest: digestOf(stage), actor: { userId: 'U0ANN', teamId: 'T0' } },
      ...{ reason: 'Checkout is down.', pause: false, ...wanted },
    },
  );
const offer = (context: Partial<WorkflowContext> = {}, userId = 'U0ANN', remediationId = row.id) =>
  offerToActNow({ ...stage.rig.context, ...context }, { remediationId, actor: { userId, teamId: 'T0' } });

/** A store that reads another row than the one that it judges. */
const reading = (found: Remediation | undefined) => ({
  store: { ...stage.rig.context.store, load: async () => found },
});
const place = { repository: 'https://git.example/shop', branch: 'main' };
const request = () => {
  if (row.git?.kind !== 'request') throw new Error('it is carried out by no request');
  return row.git;
};
const ownerless = (): Remediation => {
  const { owner: _owner, ...rest } = request().place;
  return { ...row, git: { ...request(), place: rest } };
};

test('it is recorded, with the reason as it is shown', async () => {
  expect(await act({ wanted: { reason: '  Checkout is down. ' } })).toEqual({
    kind: 'recorded',
    sentence: 'Two people must approve it now; votes from before do not count.',
  });
  expect(stage.rig.row(1)).toMatchObject({ emergency: { reason: 'Checkout is down.' } });
});

test.each(['U0ASK', 'U0ANN'])('%s, who may ask for it or approve it, may ask for this', async (userId) => {
  expect(await offer({}, userId)).toMatchObject({ kind: 'offered' });
  expect(await act({ wanted: { actor: { userId, teamId: 'T0' } } })).toMatchObject({ kind: 'recorded' });
});

test('whoever may not ask for it may still approve it, and is asked as somebody who asks', async () => {
  const occasions: unknown[] = [];
  const { context } = stage.rig;
  const people: WorkflowContext['people'] = async () => ({
    ...(await context.people()),
    mayAsk: async (_actor, _askers, occasion) => {
      occasions.push(occasion);
      return { kind: 'refused', reason: 'No.' };
    },
  });
  expect(await act({ context: { people } })).toMatchObject({ kind: 'recorded' });
  expect(occasions).toEqual(['ask']);
});

test('of a card that is not known nothing is told, and who may see nothing hears no more', async () => {
  const unknown = { kind: 'refused', sentence: expect.stringContaining('belongs to no remediation') };
  expect(await act({ wanted: { remediationId: 'gone' } })).toEqual(unknown);
  expect(await offer({}, 'U0ANN', 'gone')).toEqual(unknown);
  const before = stage.rig.now().shelf.log.length;
  await offer({}, 'U0EVE', 'gone');
  await act({ wanted: { remediationId: 'gone', actor: { userId: 'U0EVE', teamId: 'T0' } } });
  expect(stage.rig.now().shelf.log.slice(before)).toMatchObject([
    { command: 'act now on remediation unknown' },
    { command: 'act now on remediation unknown' },
  ]);
});

test('what no repository was asked about is not offered', async () => {
  const { git: _git, ...plain } = row;
  const sentence = expect.stringContaining('No pull request would carry this out');
  expect(await offer(reading(plain))).toEqual({ kind: 'refused', sentence });
  expect(await act({ context: reading(plain) })).toEqual({ kind: 'refused', sentence });
  await playStep(stage.rig, { do: 'reject', by: 'U0ANN' });
  const late = { kind: 'refused', sentence: expect.stringContaining('does not wait for people any more') };
  const rejected = stage.rig.row(1);
  if (rejected.state !== 'rejected') throw new Error(rejected.state);
  const { git: _request, ...answered } = rejected;
  expect(await offer(reading(answered))).toEqual(late);
  expect(await act({ context: reading(answered) })).toEqual(late);
});

test('what is too long to be shown is not put before people', async () => {
  const warnings = Array.from({ length: 16 }, () => 'w'.repeat(7_500));
  const long: Remediation = { ...row, dryRun: { kind: 'accepted', sentence: 'It was accepted.', warnings } };
  const vote: WorkflowContext['store']['vote'] = async (_id, judge) => judge(long, []).answer;
  const store = { ...stage.rig.context.store, vote };
  expect(await act({ context: { store } })).toEqual({
    kind: 'refused',
    sentence: expect.stringMatching(/^What would have to be read before approving is \d+ characters long/),
  });
});

test('no pause is offered where nobody is known to apply the repository', async () => {
  expect(await offer()).toHaveProperty('pause');
  expect(await offer(reading(ownerless()))).not.toHaveProperty('pause');
});

describe('a card that was answered between the look and the judgement', () => {
  test('is not turned into another', async () => {
    await playStep(stage.rig, { do: 'reject', by: 'U0ANN' });
    const sentence = expect.stringContaining('does not wait for people any more');
    expect(await act({ context: reading(row) })).toEqual({ kind: 'refused', sentence });
    expect(stage.rig.row(1)).toMatchObject({ state: 'rejected' });
    expect(stage.rig.row(1)).not.toHaveProperty('emergency');
  });

  test('is not asked for twice', async () => {
    await act();
    const sentence = expect.stringContaining('has been asked for already');
    expect(await act({ context: reading(row), wanted: { digest: row.digest } })).toEqual({
      kind: 'refused',
      sentence,
    });
  });
});

test('a card whose digest cannot be told from what is stored is not turned into another', async () => {
  const vote: WorkflowContext['store']['vote'] = async (_id, judge) =>
    judge({ ...row, digest: 'e'.repeat(64) }, []).answer;
  const store = { ...stage.rig.context.store, load: async () => ({ ...row, digest: 'e'.repeat(64) }), vote };
  expect(await act({ context: { store }, wanted: { digest: 'e'.repeat(64) } })).toEqual({
    kind: 'refused',
    sentence: 'What this card binds to is worked out differently now: ask for it anew.',
  });
});

describe('a pause is refused', () => {
  const never = () => {
    const current = stage.rig.context.policy();
    return policy.parse({ ...current, gitOps: { ...current.gitOps, pauseMinutes: 0 } });
  };
  const without = 'Ask again without the pause.';
  test.each<[string, () => Partial<WorkflowContext>, string]>([
    [
      'where nobody is known to apply the repository',
      () => reading(ownerless()),
      `Who applies the repository is not known, so nobody can be paused. ${without}`,
    ],
    [
      'where it is for another cluster',
      () => ({ store: { ...stage.rig.context.store, belongsTo: async () => false } }),
      'It lives in another cluster.',
    ],
    [
      'where the policy has none',
      () => ({ policy: never }),
      `The policy has gitOps.pauseMinutes 0: nothing is paused. ${without}`,
    ],
    [
      'where the cluster does not answer',
      () => {
        const suspension = async () => {
          throw new ClusterFault('The API server does not answer.');
        };
        return { cluster: { ...stage.rig.context.cluster, suspension } };
      },
      'The API server does not answer. Try again.',
    ],
  ])('%s', async (_name, context, sentence) => {
    expect(await act({ wanted: { pause: true }, context: context() })).toEqual({
      kind: 'refused',
      sentence: `Nothing was changed. ${sentence}`,
    });
    expect(stage.rig.row(1)).not.toHaveProperty('emergency');
  });

  test('and any other fault is one', async () => {
    const broken = new Error('It is broken.');
    const suspension = async () => {
      throw broken;
    };
    const context = { cluster: { ...stage.rig.context.cluster, suspension } };
    await expect(act({ wanted: { pause: true }, context })).rejects.toBe(broken);
  });
});

test('a pause is tried as it would be begun, for as long as the policy says', async () => {
  const seen: unknown[] = [];
  const { cluster } = stage.rig.context;
  const suspension: typeof cluster.suspension = (found, signal) => {
    seen.push(found);
    return cluster.suspension(found, signal);
  };
  const dryRun: typeof cluster.dryRun = (plan, signal) => {
    seen.push(plan);
    return cluster.dryRun(plan, signal);
  };
  const context = { cluster: { ...cluster, suspension, dryRun } };
  expect(await act({ wanted: { pause: true }, context })).toMatchObject({ kind: 'recorded' });
  expect(seen).toMatchObject([
    { owner: request().place.owner, number: 1, until: '2026-03-01T12:30:00.000Z' },
    { calls: [{ ref: { resource: 'applications' } }], fieldManager: `firebreak/${row.id}` },
  ]);
  expect(stage.rig.row(1)).toMatchObject({
    emergency: { pause: { owner: request().place.owner, minutes: 30 } },
  });
  expect(request().place).toMatchObject(place);
});
