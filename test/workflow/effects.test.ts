import { describe, expect, test } from 'vitest';
import { createRig, strictPolicy } from '../fixtures/rig.ts';
import { play, playStep, type Script, type ScriptStep } from '../fixtures/script.ts';
import { alerting } from '../fixtures/scripts/alerting.ts';
import { proving } from '../fixtures/scripts/proving.ts';

const approved: readonly ScriptStep[] = [
  { do: 'ask', text: 'scale deploy/web --replicas=1 -n shop' },
  { do: 'settle' },
  { do: 'approve', by: 'U0ANN' },
];
const played = (steps: readonly ScriptStep[], options: Script['options'] = {}) =>
  play({ name: 'effects', steps, options, ends: [] });

describe('the write', () => {
  test('is preceded by a snapshot of what is changed', async () => {
    const rig = await played(approved);
    expect(await rig.context.store.snapshots(rig.row(1).id)).toEqual([
      {
        uid: 'uid-1',
        takenAt: '2026-03-01T12:00:00.000Z',
        object: expect.objectContaining({ spec: expect.objectContaining({ replicas: 3 }) }),
      },
    ]);
  });

  test('keeps the facts it was made on, not those of the card', async () => {
    // A status write moves nothing that an approval binds to.
    const rig = await played([...approved, { do: 'sleep', seconds: 60 }]);
    expect(rig.row(1)).toMatchObject({ facts: { gatheredAt: '2026-03-01T12:01:00.000Z' } });
  });

  test('is made by a field manager that names the remediation', async () => {
    const rig = await played(approved);
    expect(rig.now().world.writes.map(({ fieldManager }) => fieldManager)).toEqual([
      `firebreak/${rig.row(1).id}`,
    ]);
  });

  test('is told with the warnings of the API server', async () => {
    const rig = await played(approved, { world: { warnings: ['deprecated'] } });
    const executed = rig
      .now()
      .shelf.messages.find(({ notice }) => notice.kind === 'reply' && notice.headline === 'Executed');
    expect(executed?.notice).toMatchObject({
      body: expect.stringMatching(/\nWarning from the API server: deprecated$/),
    });
  });

  test('whose answer was lost is told as found done', async () => {
    const rig = await played([...approved, { do: 'world', is: { answersLost: 1 } }]);
    expect(rig.row(1)).toMatchObject({ state: 'succeeded', results: [{ alreadyDone: true }] });
    const bodies = rig.now().shelf.messages.map(({ notice }) => (notice.kind === 'reply' ? notice.body : ''));
    expect(bodies).toContainEqual(expect.stringMatching(/ \(found already done\)$/));
  });
});

test('the first look waits as long as the policy says, the next ones as well', async () => {
  const verification = { ...strictPolicy.verification, initialDelaySeconds: 17, intervalSeconds: 5 };
  const rig = createRig({ policy: () => ({ ...strictPolicy, verification }) });
  for (const it of approved) await playStep(rig, it);
  await rig.settle();
  const row = rig.row(1);
  if (row.state !== 'succeeded') throw new Error(`it is ${row.state}`);
  expect(row.appliedAt).toBe('2026-03-01T12:00:00.000Z');
  expect(row.verdict.samples.map(({ at }) => at.slice(17, 19))).toEqual(['17', '22', '27']);
});

describe('a verdict', () => {
  const named = (group: readonly Script[], name: RegExp): Script => {
    const found = group.find((script) => name.test(script.name));
    if (found === undefined) throw new Error(`no script is named ${name}`);
    return found;
  };

  test('moves the trust in the playbook that asked, once it has lasted', async () => {
    const rig = await play(named(alerting, /its owner is restarted/));
    expect(await rig.context.store.trust('restart-crashing')).toBeUndefined();
    await rig.pass(4 * 3600 + 1);
    expect(await rig.context.store.trust('restart-crashing')).toMatchObject({ samples: 1, successes: 1 });
    expect(rig.now().shelf.verdicts).toMatchObject([
      { playbook: 'restart-crashing', verdict: { result: 'verified' } },
    ]);
  });

  test('on what a person asked for moves no trust', async () => {
    const rig = await played(approved);
    expect(rig.now().shelf.verdicts).toHaveLength(1);
    await rig.pass(4 * 3600 + 1);
    expect(rig.now().shelf.outcomes).toEqual([]);
  });

  test.each<[string, readonly ScriptStep[], boolean]>([
    ['verified', approved, false],
    ['not verified', [...approved, { do: 'world', is: { crashing: true } }], true],
    ['inconclusive', [...approved, { do: 'world', is: { silent: ['observe'] } }], true],
  ])('%s: the channel is told too: %s', async (words, steps, broadcast) => {
    const rig = await played(steps);
    const verdict = rig
      .now()
      .shelf.messages.find(
        ({ notice }) => notice.kind === 'reply' && notice.headline.toLowerCase() === words,
      );
    expect(verdict?.notice).toMatchObject({ broadcast });
  });

  test('that says no brings the pods own words', async () => {
    const rig = await play(named(proving, /the rollback works/));
    const words = rig
      .now()
      .shelf.messages.flatMap(({ notice }) =>
        notice.kind === 'reply' && notice.preformatted !== undefined ? [notice.preformatted] : [],
      );
    expect(words).toEqual(['panic: cannot log in with password=[redacted]']);
  });

  test('without the pods own words says that they could not be had', async () => {
    const rig = await play(named(proving, /no logs to be had/));
    expect(JSON.stringify(rig.now().shelf.messages)).toContain(
      'No logs or events could be read of Deployment/web in production: The cluster test does not answer.',
    );
  });
});

describe('the rollback', () => {
  test('is asked for by the remediation that did not work, in its incident', async () => {
    const rig = await played([...approved, { do: 'world', is: { crashing: true } }]);
    const [failed, back] = [rig.row(1), rig.row(2)];
    expect(back).toMatchObject({
      incidentId: failed.incidentId,
      requestedBy: { kind: 'rollback', of: failed.id, ofNumber: 1 },
      action: { verb: 'scale', replicas: 3, currentReplicas: 1 },
      reason: 'Remediation 1 did not work: Pod web-0 is in CrashLoopBackOff.',
    });
  });

  test('may be approved by the one who asked for what did not work', async () => {
    const text = 'scale deploy/web --replicas=1 -n production';
    const rig = await played([
      { do: 'ask', text, by: 'U0ANN' },
      { do: 'settle' },
      { do: 'approve', by: 'U0BEN' },
      { do: 'approve', by: 'U0CAT' },
      { do: 'world', is: { crashing: true } },
    ]);
    const kind = await playStep(rig, { do: 'approve', by: 'U0ANN', on: 2 });
    expect(kind).toBe('recorded');
  });
});
