import { describe, expect, test } from 'vitest';
import { type Policy, policy } from '../../src/domain/policy/policy.ts';
import { specOf } from '../../src/domain/remediation.ts';
import { localTimeIn } from '../../src/workflow/lifecycle/circumstances.ts';
import { createRig, strictPolicy } from '../fixtures/rig.ts';
import { playStep, type ScriptStep } from '../fixtures/script.ts';

describe('the local time', () => {
  test.each([
    ['UTC', '2026-03-01T12:00:00.000Z', 'sun', '2026-03-01', '12:00'],
    ['Europe/Berlin', '2026-03-28T23:30:00.000Z', 'sun', '2026-03-29', '00:30'],
    ['Europe/Berlin', '2026-03-29T01:30:00.000Z', 'sun', '2026-03-29', '03:30'],
    ['Asia/Kathmandu', '2026-03-01T18:20:00.000Z', 'mon', '2026-03-02', '00:05'],
    ['America/New_York', '2026-01-01T04:59:00.000Z', 'wed', '2025-12-31', '23:59'],
  ])('in %s at %s', (zone, now, weekday, date, time) => {
    expect(localTimeIn(zone, now)).toEqual({ zone, weekday, date, time });
  });
});

/** The rig's clock stands at noon of a Sunday, UTC. */
async function judged(given: object, steps: readonly ScriptStep[]) {
  const chosen: Policy = policy.parse({ version: 1, approvers: strictPolicy.approvers, ...given });
  const rig = createRig({ policy: () => chosen });
  for (const step of steps) await playStep(rig, step);
  return rig;
}

const restart: ScriptStep = { do: 'ask', text: 'rollout restart deploy/web -n shop' };
const settle: ScriptStep = { do: 'settle' };

const sentences = (row: Parameters<typeof specOf>[0]) =>
  (specOf(row)?.lineItems ?? []).map(({ sentence, source }) => `${sentence} <${source}>`);

test('a freeze in local time raises the tier and says until when', async () => {
  const window = { days: ['sun'], from: '12:30', to: '14:00' };
  const frozen = { freezes: [{ name: 'lunch', timeZone: 'Europe/Berlin', weekly: [window] }] };
  const rig = await judged(frozen, [restart, settle]);
  expect(rig.row(1)).toMatchObject({
    state: 'waiting',
    spec: { tier: 'dual' },
    circumstances: { local: [{ zone: 'Europe/Berlin', weekday: 'sun', time: '13:00' }] },
  });
  expect(sentences(rig.row(1))).toContain(
    'The freeze "lunch" holds until sun 14:00 (Europe/Berlin); it is sun 2026-03-01 13:00 there. <policy.yaml: freezes[0]>',
  );
});

test('a budget counts what was started in the last hour', async () => {
  const small = { budgets: { scorePerHour: { namespace: 1 } } };
  const rig = await judged(small, [
    { do: 'ask', text: 'rollout restart deploy/web -n shop' },
    settle,
    { do: 'approve', by: 'U0ANN' },
    settle,
  ]);
  expect(specOf(rig.row(1))).toMatchObject({ tier: 'human' });
  const spent = specOf(rig.row(1))?.score;
  await playStep(rig, restart);
  await playStep(rig, settle);
  expect(sentences(rig.row(2)).join('\n')).toContain(
    `The blast budget of the namespace shop is spent: ${spent} of 1 point in the last hour`,
  );
  await rig.pass(3700);
  await playStep(rig, restart);
  await playStep(rig, settle);
  expect(sentences(rig.row(3)).join('\n')).toContain('is spent: 0 of 1 point');
});

test('a change without an accepted dry run does not pass the gate when the policy enforces it', async () => {
  let enforced = false;
  const lax = policy.parse({ version: 1, approvers: strictPolicy.approvers, dryRunFromScore: 100 });
  const rig = createRig({ policy: () => ({ ...lax, enforceDryRun: enforced, productionFactor: 5 }) });
  await playStep(rig, { do: 'ask', text: 'scale deploy/web --replicas=1 -n shop' });
  await playStep(rig, settle);
  expect(rig.row(1)).toMatchObject({ state: 'waiting', dryRun: { kind: 'skipped' } });
  enforced = true;
  await playStep(rig, { do: 'approve', by: 'U0ANN' });
  await playStep(rig, settle);
  expect(rig.row(1)).toMatchObject({
    state: 'failed',
    failure: 'The policy lets nothing run that a dry run has not accepted, and this had no dry run.',
  });
});
