import { expect, test } from 'vitest';
import type { PlaybookClaim } from '../../src/domain/incidents/claim.ts';
import type { IncidentStanding } from '../../src/domain/incidents/ending.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import { endIncident } from '../../src/workflow/end-incident.ts';
import type { Looked } from '../../src/workflow/incidents-port.ts';
import { noon } from '../fixtures/facts.ts';
import { remediationIn } from '../fixtures/remediations.ts';
import { createRig, type RigOptions } from '../fixtures/rig.ts';

const id = '00000000-0000-4000-8000-00000000000a';
const days = (count: number) => new Date(Date.parse(noon) - count * 86_400_000).toISOString();

/** What a look at an incident comes to whose alert was last heard so many days ago. */
async function look(
  is: Partial<IncidentStanding>,
  options: RigOptions = {},
  deaths?: number,
): Promise<object> {
  const { context } = createRig(options);
  const seen = { looks: 0, alerts: 1, firing: 1, isActing: false, cameAt: days(2), ...is };
  const found: Looked[] = [];
  const store: WorkflowContext['store'] = {
    ...context.store,
    incidentStanding: async () => seen,
    settleEnding: async (_id, looked) => {
      found.push(looked);
      return 'committed';
    },
  };
  const claim = { queue: 'wake', jobId: '1', attempt: 0 };
  await endIncident(
    { ...context, store },
    { kind: 'end', id, version: 0, deaths },
    claim,
    AbortSignal.timeout(5_000),
  );
  return found[0]?.ending ?? {};
}

const web = 'test/shop/Deployment/web';

test.each<[string, Partial<IncidentStanding>, RigOptions, object]>([
  ['nobody knows what it is about', {}, {}, { kind: 'closed', why: 'silent' }],
  [
    'it is about a kind that cannot be looked at',
    { ownerKey: 'test/shop/PersistentVolumeClaim/data' },
    {},
    { kind: 'closed', why: 'silent' },
  ],
  [
    'what it is about is gone',
    { ownerKey: web },
    { world: { absent: true } },
    { kind: 'closed', why: 'silent' },
  ],
  ['what it is about is unhealthy', { ownerKey: web }, { world: { ready: 1 } }, { kind: 'again' }],
  ['what it is about is healthy', { ownerKey: web }, {}, { kind: 'again', healthySince: noon }],
  ['its cluster does not answer', { ownerKey: web }, { world: { silent: ['gather'] } }, { kind: 'again' }],
  [
    'its cluster never answered',
    { ownerKey: web, cameAt: days(8) },
    { world: { silent: ['gather'] } },
    { kind: 'closed', why: 'silent' },
  ],
  ['it is in another cluster', { ownerKey: 'other/shop/Deployment/web' }, {}, { kind: 'again' }],
])('two days after the last signal, when %s', async (_name, is, options, ending) => {
  expect(await look(is, options)).toMatchObject(ending);
});

const inSixHours = new Date(Date.parse(noon) + 6 * 3_600_000).toISOString();

test.each<[string, number, Partial<IncidentStanding>, object]>([
  ['four processes died', 4, {}, { kind: 'again', healthySince: noon }],
  ['five processes died', 5, {}, { kind: 'again', at: inSixHours }],
  ['five died and its alerts are over', 5, { firing: 0 }, { kind: 'closed', why: 'resolved' }],
  ['five died and nothing was heard for days', 5, { cameAt: days(8) }, { kind: 'closed', why: 'silent' }],
])('a look at which %s', async (_name, deaths, is, ending) => {
  const recent = { ownerKey: web, cameAt: days(0.1) };
  const found = await look({ ...recent, ...is }, {}, deaths);
  expect(found).toMatchObject(ending);
  if (deaths === 5) expect(found).not.toHaveProperty('healthySince');
});

/** What becomes of a card whose alert is over for an hour, at a look at its incident. */
async function withdrawnBy(claim: PlaybookClaim, options: RigOptions, is: Partial<IncidentStanding> = {}) {
  const { context } = createRig(options);
  const requestedBy = { kind: 'playbook', playbook: 'restart', alert: 'A', claim } as const;
  const row = remediationIn('waiting', { requestedBy });
  if (row.state !== 'waiting') throw new Error('it waits');
  const moves: string[] = [];
  const store: WorkflowContext['store'] = {
    ...context.store,
    incidentStanding: async () => ({
      ...{ looks: 0, alerts: 2, firing: 0, isActing: true, cameAt: days(1) },
      ...is,
    }),
    waitingIn: async () => [row],
    resolvedAt: async () => new Date(Date.parse(noon) - 3_600_000).toISOString(),
    transition: async (_from, { event, next }) => {
      moves.push(`${event}: ${'failure' in next ? next.failure : ''}`);
      return 'committed';
    },
    settleEnding: async () => 'committed',
  };
  const claimed = { queue: 'wake', jobId: '1', attempt: 0 };
  const wake = { kind: 'end', id, version: 0 } as const;
  await endIncident({ ...context, store }, wake, claimed, AbortSignal.timeout(5_000));
  return moves;
}

test('a card whose alert ended while its claim still held is withdrawn when it does not any more', async () => {
  const [move, ...others] = await withdrawnBy('unhealthy', {});
  expect(others).toEqual([]);
  expect(move).toContain('withdrawn: Healthy since 12:00 UTC by itself.');
});

test('so is one whose object is gone', async () => {
  const [move] = await withdrawnBy('unhealthy', { world: { absent: true } });
  expect(move).toContain('withdrawn: There is no Deployment/web in shop. The alert is over.');
});

test.each<[string, RigOptions, Partial<IncidentStanding>]>([
  ['while what it is about may not be looked at', { world: { denied: 'It may not get it.' } }, {}],
  ['while the claim holds', { world: { ready: 1 } }, {}],
  ['while the cluster does not answer', { world: { silent: ['gather'] } }, {}],
  ['while an alert fires', {}, { firing: 1 }],
  ['where no alert brought it about', {}, { alerts: 0 }],
])('it goes on waiting %s', async (_name, options, is) => {
  expect(await withdrawnBy('unhealthy', options, is)).toEqual([]);
});
