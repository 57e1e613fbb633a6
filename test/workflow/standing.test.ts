import { describe, expect, test } from 'vitest';
import type { Remediation } from '../../src/domain/remediation.ts';
import type { WorkflowContext } from '../../src/workflow/context.ts';
import { denied } from '../../src/workflow/rights/denied.ts';
import { standingOf } from '../../src/workflow/rights/standing.ts';
import { type Answers, allowed, contextOf, unknown } from '../fixtures/answering.ts';
import { noon } from '../fixtures/facts.ts';
import { remediationIn } from '../fixtures/remediations.ts';

const actor = { userId: 'U0ASK', teamId: 'T0' };
const separate = [
  { name: 'sre', users: ['U0SRE'] },
  { name: 'owners', users: ['U0OWNER'], groups: ['S0OWNER'] },
];

describe('who still stands behind it when it is carried out', () => {
  const now = '2026-03-01T12:05:00.000Z';
  const vote = {
    actor: { userId: 'U0ANN', teamId: 'T0' },
    decision: 'approve',
    digest: 'd',
    at: noon,
  } as const;
  const asker: Remediation['requestedBy'] = { kind: 'person', actor };
  const playbook: Remediation['requestedBy'] = { kind: 'playbook', playbook: 'p', alert: 'A' };
  const approved = (of: Remediation['requestedBy'], tier: 'human' | 'dual' = 'human') => {
    const row = remediationIn('approved', { requestedBy: of });
    if (row.state !== 'approved') throw new Error('it is approved');
    return { ...row, spec: { ...row.spec, tier } };
  };
  const given = {
    requesters: { users: ['U0OWN'] },
    approvers: { human: { users: ['U0HUM'] }, dual: { separate } },
  };

  test('all who were looked up long ago are asked for again, at the gate', async () => {
    const { context, asked } = contextOf(given, { U0OWN: allowed(), U0HUM: allowed() });
    expect(await standingOf(context, approved(asker), [vote], now)).toEqual({
      kind: 'standing',
      approvals: [vote],
    });
    expect(asked).toEqual(['ask U0OWN (gate)', 'approve U0HUM (gate)']);
  });

  test('nobody who has asked is there where a playbook has', async () => {
    const { context, asked } = contextOf(given, { U0HUM: allowed() });
    expect(await standingOf(context, approved(playbook), [vote], now)).toMatchObject({ kind: 'standing' });
    expect(asked).toEqual(['approve U0HUM (gate)']);
  });

  test('an approval is for the groups that the person is in now', async () => {
    const { context } = contextOf(given, { 'U0OWNER+S0OWNER': allowed() });
    const before = { ...vote, roles: ['sre'] };
    expect(await standingOf(context, approved(playbook, 'dual'), [before], now)).toEqual({
      kind: 'standing',
      approvals: [{ ...vote, roles: ['owners'] }],
    });
  });

  test.each<[string, Answers]>([
    ['who asked', { U0OWN: unknown('Slack is away.'), U0HUM: allowed() }],
    ['who approved', { U0OWN: allowed(), U0HUM: unknown('Slack is away.') }],
  ])('%s cannot be looked up: it is tried again', async (_name, answers) => {
    const looked = standingOf(contextOf(given, answers).context, approved(asker), [vote], now);
    await expect(looked).rejects.toMatchObject({ name: 'RightUnknown', message: 'Slack is away.' });
  });
});

describe('what is written down of a refusal', () => {
  const right = { kind: 'refused', reason: 'No: password=hunter2hunter2' } as const;
  const command = 'set env deploy/web TOKEN=ghp_0123456789abcdefghijABCDEFGHIJ012345';

  test.each([
    ['by the key of the request', 'key-1', /^key-1$/],
    ['by a key of its own where it has none', undefined, /^click:0{8}-/],
  ])('%s, without secrets', async (_name, requestKey, key) => {
    const { context } = contextOf({}, {});
    const warned: unknown[] = [];
    const entries: unknown[] = [];
    const watched: WorkflowContext = {
      ...context,
      log: { ...context.log, warn: (...said: unknown[]) => void warned.push(said) },
      store: { ...context.store, recordDenied: async (entry) => void entries.push(entry) },
    };
    const reason = 'No: password=[redacted]';
    const denial = { actor, command, right, ...(requestKey === undefined ? {} : { requestKey }) };
    expect(await denied(watched, denial)).toBe(reason);
    expect(JSON.stringify([warned, entries])).not.toMatch(/hunter2|ghp_/);
    const wanted = expect.stringMatching(/^set env deploy\/web TOKEN=/);
    expect(warned).toEqual([
      [{ user: 'U0ASK', team: 'T0', command: wanted, reason }, `Refused U0ASK: ${reason}`],
    ]);
    expect(entries).toEqual([{ command: wanted, reason, by: actor, requestKey: expect.stringMatching(key) }]);
  });

  test('that it could not be is in the log', async () => {
    const { context } = contextOf({}, {});
    const errors: unknown[] = [];
    const away = new Error('database away');
    const watched: WorkflowContext = {
      ...context,
      log: { ...context.log, error: (...said: unknown[]) => void errors.push(said) },
      store: { ...context.store, recordDenied: () => Promise.reject(away) },
    };
    await denied(watched, { actor, command: 'status', right });
    expect(errors).toEqual([[{ err: away }, 'A refusal could not be written down']]);
  });
});
