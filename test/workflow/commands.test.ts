import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allCommands } from '../../src/actions/commands.ts';
import type { Playbook } from '../../src/domain/incidents/playbook.ts';
import { policy } from '../../src/domain/policy/policy.ts';
import { createCommands } from '../../src/workflow/intake/commands.ts';
import type { People } from '../../src/workflow/ports.ts';
import { createRig, type Rig } from '../fixtures/rig.ts';
import { play, playStep } from '../fixtures/script.ts';

const examples = allCommands.flatMap((command) => command.examples);

const actor = { userId: 'U0ASK', teamId: 'T0' };
const say = (rig: Rig, text: string, requestKey = 'k1') =>
  rig.commands.remediate({ text, actor, requestKey });

/** The lines of an answer, whatever its kind. */
async function answer(rig: Rig, text: string): Promise<string[]> {
  const receipt = await say(rig, text);
  switch (receipt.kind) {
    case 'accepted':
      return [receipt.sentence, ...receipt.notes];
    case 'refused':
      return receipt.preformatted.split('\n');
    case 'denied':
    case 'already':
      return [receipt.sentence];
    case 'list':
      return [receipt.title, ...receipt.lines.map(({ text }) => text)];
    case 'text':
      return [receipt.title, ...receipt.lines];
  }
}

describe('help', () => {
  test.each(['', ' ', 'help', 'Help', ' help\n'])('is what %j gets', async (text) => {
    expect(await answer(createRig(), text)).toContain(
      '/remediate rollout restart deployment/web -n shop   (replace all pods, step by step)',
    );
  });

  test.each(examples)('its example is understood: %s', async (example) => {
    const receipt = await say(createRig(), example);
    expect(receipt).toEqual({ kind: 'accepted', number: 1, sentence: expect.any(String), notes: [] });
  });

  test('names no command that is not one', async () => {
    const lines = await answer(createRig(), 'help');
    const named = lines.flatMap((line) => /^\/remediate (status|history)/.exec(line)?.[1] ?? []);
    for (const word of named)
      expect((await say(createRig(), word)).kind).toBe(word === 'history' ? 'list' : 'text');
    expect(named).toEqual(['status', 'status', 'history']);
  });
});

describe('a request', () => {
  test('is told what was understood, with what was filled in', async () => {
    expect(await answer(createRig(), 'scale deploy/web --replicas 3')).toEqual([
      'Understood as: kubectl scale deployment/web --replicas=3 -n default',
      expect.stringMatching(/default/),
    ]);
  });

  test('is durable before the answer: it is there, with its first wake', async () => {
    const rig = createRig();
    await say(rig, 'scale deploy/web --replicas=3 -n shop -- busy evening');
    expect(rig.row(1)).toMatchObject({
      state: 'requested',
      reason: 'busy evening',
      requestedBy: { kind: 'person', actor },
    });
    expect(rig.now().shelf.jobs).toHaveLength(1);
  });

  test('twice with the same key is once, with the same answer', async () => {
    const rig = createRig();
    const first = await say(rig, 'cordon worker-1');
    expect(await say(rig, 'cordon worker-1')).toEqual(first);
    expect(rig.now().shelf.remediations).toHaveLength(1);
  });

  test.each([
    ['secrets', 'cordon worker-1 -- its token=abcdef123456', 'its token=[redacted]'],
    ['a long text', `cordon worker-1 -- ${'x'.repeat(600)}`, `${'x'.repeat(499)}…`],
    ['half a character at the cut', `cordon worker-1 -- ${'x'.repeat(499)}😀`, `${'x'.repeat(499)}…`],
    ['NUL and lone surrogates', 'cordon worker-1 -- a\0b\uD800', 'a\uFFFDb\uFFFD'],
  ])('its reason is fit to be stored: %s', async (_name, text, reason) => {
    const rig = createRig();
    await say(rig, text);
    expect(rig.row(1)).toMatchObject({ reason });
  });

  test('without a reason has none', async () => {
    const rig = createRig();
    await say(rig, 'cordon worker-1 --');
    expect(rig.row(1)).not.toHaveProperty('reason');
  });
});

describe('what cannot be understood', () => {
  test('is refused with the place and recorded once', async () => {
    const rig = createRig();
    const lines = await answer(rig, 'delete deployment web -n shop');
    expect(lines[1]).toMatch(/^ *\^~*$/);
    await answer(rig, 'delete deployment web -n shop');
    expect(rig.now().shelf.log).toEqual([
      {
        requestKey: 'k1',
        command: 'delete deployment web -n shop',
        outcome: 'unparsable',
        detail: expect.stringMatching(/\.$/),
      },
    ]);
    expect(rig.now().shelf.remediations).toEqual([]);
  });

  test('leaves no secret in the log', async () => {
    const rig = createRig();
    await say(rig, 'login --token=abcdef123456 password=swordfish1');
    await say(rig, 'scale deploy/web --token=abcdef123456 --replicas=3', 'k2');
    await say(rig, 'scale deploy/web password=swordfish1 --replicas=3', 'k3');
    await say(rig, 'cordon token=abcdef123456', 'k4');
    await say(rig, 'set env deploy/web DB_PASSWORD=swordfish1', 'k5');
    await say(rig, `set env deploy/web PASS"WORD"=swordfish1 -n 'a b'`, 'k6');
    await say(
      rig,
      `patch pod a --type=json -p '[{"op":"add","path":"/metadata/labels/password","value":"swordfish1"}]'`,
      'k7',
    );
    expect(rig.now().shelf.log).toHaveLength(7);
    expect(JSON.stringify(rig.now().shelf.log)).not.toMatch(/abcdef123456|swordfish1/);
  });

  test('is kept to a length that a table can show', async () => {
    const rig = createRig();
    await say(rig, `x${'😀'.repeat(5000)}`);
    const [line] = rig.now().shelf.log;
    expect(line?.command.length).toBeLessThanOrEqual(4000);
    expect(line?.command.isWellFormed()).toBe(true);
  });

  test('any text at all is answered, and what is kept can be stored', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 80 }), async (text) => {
        const rig = createRig();
        expect((await say(rig, text)).kind).toMatch(/^(accepted|refused|text)$/);
        const kept = [...rig.now().shelf.log.map(({ command, detail }) => command + detail)];
        for (const line of kept) {
          expect(line.isWellFormed()).toBe(true);
          expect(line).not.toContain('\0');
        }
      }),
    );
  });
});

const down = { do: 'ask', text: 'scale deploy/web --replicas=1 -n shop' } as const;

describe('status', () => {
  test('of nothing', async () => {
    expect(await answer(createRig(), 'status')).toEqual([
      'Nothing is in progress and nothing waits for approval.',
    ]);
  });

  test('of what is open, and not of what has ended', async () => {
    const rig = await play({
      name: 'one open',
      steps: [{ do: 'ask', text: 'scale deploy/web --replicas=4 -n shop' }, { do: 'settle' }, down],
      ends: ['succeeded', 'waiting'],
    });
    expect(await answer(rig, 'STATUS')).toEqual([
      'In progress or waiting for approval',
      expect.stringMatching(
        /^2 {2}waiting, human \(score \d+\) {2}kubectl scale deployment\/web --replicas=1 -n shop {2}2026-03-01 12:00 UTC$/,
      ),
    ]);
  });

  test.each(['status 1', 'status #1', 'status\t1', ' Status  1 '])('of one: %j', async (text) => {
    const rig = await play({ name: 'one', steps: [down], ends: ['waiting'] });
    expect(await answer(rig, text)).toEqual([
      'Remediation 1: waiting',
      'kubectl scale deployment/web --replicas=1 -n shop',
      'Requested 12:00 UTC, last change 12:00 UTC',
    ]);
  });

  test('of one that came to nothing says why', async () => {
    const rig = await play({
      name: 'absent',
      options: { world: { absent: true } },
      steps: [down],
      ends: ['no_action'],
    });
    const lines = await answer(rig, 'status 1');
    expect(lines[0]).toBe('Remediation 1: no action');
    expect(lines.at(-1)).toBe('There is no Deployment/web in shop.');
  });

  test('of one that ended well gives the verdict', async () => {
    const rig = await play({
      name: 'auto',
      steps: [{ ...down, text: 'scale deploy/web --replicas=4 -n shop' }],
      ends: ['succeeded'],
    });
    expect((await answer(rig, 'status 1')).at(-1)).toMatch(/all 4 pods are ready/);
  });

  test.each(['2', '0', '-1', 'deploy/web', '1.5', '#', '99999999999999999999', '1e3', '😀'.repeat(30)])(
    'of a number that is none: %s',
    async (word) => {
      const rig = await play({ name: 'one', steps: [down], ends: ['waiting'] });
      const [line] = await answer(rig, `status ${word}`);
      expect(line).toMatch(/^There is no remediation ".*"\. Try: \/remediate history( deploy\/web)?$/);
      expect(line?.endsWith(' deploy/web')).toBe(word === 'deploy/web');
      expect(line?.isWellFormed()).toBe(true);
      expect(rig.now().shelf.log).toEqual([]);
    },
  );
});

describe('history', () => {
  test('of nothing', async () => {
    expect(await answer(createRig(), 'history')).toEqual(['Nothing was found.']);
  });

  test('is in pages, newest first, and says how to get to the others', async () => {
    const rig = createRig();
    for (let turn = 1; turn <= 17; turn += 1)
      await playStep(rig, { do: 'ask', text: `cordon worker-${turn}` });
    const [title, ...lines] = await answer(rig, 'history');
    expect(title).toBe('The latest remediations, page 1');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(
      Array.from({ length: 10 }, (_, index) => String(17 - index)),
    );
    expect(await say(rig, 'history')).toMatchObject({ next: 'history page 2' });
    const second = await say(rig, 'history page 2');
    expect(second).toMatchObject({ previous: 'history page 1', lines: { length: 7 } });
    expect(second).not.toHaveProperty('next');
    expect(await answer(rig, 'history page 3')).toEqual(['There is no page 3.']);
  });

  test('of a person: oneself, an id, and a name that Slack does not resolve', async () => {
    const rig = createRig();
    await say(rig, 'cordon worker-1');
    for (const who of ['me', 'ME', actor.userId, `<@${actor.userId}>`])
      expect(await answer(rig, `history by ${who}`)).toEqual([
        `The latest remediations by ${who}, page 1`,
        expect.stringContaining('cordon worker-1'),
      ]);
    expect(await answer(rig, 'history by U0NOBODY')).toEqual(['Nothing was found by U0NOBODY.']);
    expect(await answer(rig, 'history --since 30m page 3')).toEqual(['There is no page 3 since 30m.']);
    expect(await answer(rig, 'history by @alice')).toEqual([
      'Nothing was found by @alice.',
      expect.stringContaining('by me'),
    ]);
  });

  test('of a time that is none is told', async () => {
    expect(await answer(createRig(), 'history 0d')).toEqual([
      '"0d" is no time in the past. Try: /remediate history 7d',
    ]);
  });

  test.each(['x', '4711'])('of an incident that is none: %s', async (word) => {
    const [line] = await answer(createRig(), `incident ${word}`);
    expect(line).toMatch(/^There is no incident ".*" that you may see\./);
  });
});

describe('details', () => {
  test('are the row and the votes', async () => {
    const rig = await play({
      name: 'voted',
      steps: [
        { do: 'ask', text: 'scale deploy/web --replicas=1 -n production' },
        { do: 'settle' },
        { do: 'approve', by: 'U0ANN' },
      ],
      ends: ['waiting'],
    });
    const details = await rig.commands.details({ id: rig.row(1).id, actor });
    if (details.kind !== 'details') throw new Error(details.sentence);
    expect(details.remediation).toEqual(rig.row(1));
    expect(details.approvals.map((vote) => vote.actor.userId)).toEqual(['U0ANN']);
  });

  test('say whether Firebreak is stopped', async () => {
    const steps = [
      { do: 'ask', text: 'scale deploy/web --replicas=1 -n production' },
      { do: 'settle' },
    ] as const;
    const rig = await play({ name: 'stopped', steps: [...steps], ends: ['waiting'] });
    const seen = () => rig.commands.details({ id: rig.row(1).id, actor });
    expect(await seen()).not.toHaveProperty('stopped');
    const by = { userId: 'U0ANN', teamId: 'T0' };
    await rig.commands.remediate({ text: 'stop wrong cluster', actor: by, requestKey: 'stop' });
    expect(await seen()).toMatchObject({ stopped: { reason: 'wrong cluster' } });
  });

  test('of nothing are nothing', async () => {
    expect(await createRig().commands.details({ id: 'gone', actor })).toMatchObject({ kind: 'unknown' });
  });
});

test('whoever gets messages may end them, whatever rights are left to them', async () => {
  const limited = policy.parse({ version: 1, requesters: { users: ['U0OPS'] } });
  const unsure: People = {
    mayAsk: async () => ({ kind: 'unknown', reason: 'Slack does not answer.' }),
    mayApprove: async () => ({ kind: 'unknown', reason: 'Slack does not answer.' }),
  };
  const wanted = new Map<string, boolean>();
  for (const options of [{ policy: () => limited }, { people: unsure }]) {
    const rig = createRig(options);
    const notified = {
      choose: async (user: string, wants: boolean) => void wanted.set(user, wants),
      cardOf: async () => undefined,
    };
    const commands = createCommands({ ...rig.context, notified });
    const typed = (text: string) =>
      commands.remediate({ text, actor: { userId: 'U0EVE', teamId: 'T0' }, requestKey: text });
    expect((await typed('notify me off')).kind).toBe('text');
    expect(wanted.get('U0EVE')).toBe(false);
  }
});

describe('stats', () => {
  const asked = async () => {
    const rig = createRig({ playbooks: [restart] });
    await say(rig, 'scale deploy/web --replicas=4 -n shop', 'k1');
    await say(rig, 'cordon worker-1', 'k2');
    await rig.settle();
    return rig;
  };

  test.each([
    ['stats', 'What was done since 2026-02-22 12:00 UTC', /^2 asked for/],
    ['stats 36h shop', 'What was done in the namespace shop since 2026-02-28 00:00 UTC', /^1 asked for/],
    ['stats restart', 'Nothing of the playbook restart was asked for since 2026-02-22 12:00 UTC.', undefined],
    [
      'stats -n restart',
      'Nothing in the namespace restart was asked for since 2026-02-22 12:00 UTC.',
      undefined,
    ],
    [
      'stats nowhere',
      'Nothing in the namespace nowhere was asked for since 2026-02-22 12:00 UTC.',
      undefined,
    ],
    [
      'stats 2026-02-30',
      '"2026-02-30" is no time in the past. Try: /remediate stats 7d, or /remediate stats 4w shop',
      undefined,
    ],
    [
      'stats shop web',
      '"web" is a word too many. Try: /remediate stats 7d, or /remediate stats 4w shop',
      undefined,
    ],
  ])('%s', async (text, title, first) => {
    const [said, line] = await answer(await asked(), text);
    expect(said).toBe(title);
    if (first !== undefined) expect(line).toMatch(first);
  });

  test('is kept from whoever may not ask, and so are namespaces where they may not', async () => {
    const limited = policy.parse({
      version: 1,
      requesters: { users: ['U0OPS'] },
      environments: { dev: { match: { names: ['shop'] }, requesters: { users: ['U0ASK'] } } },
    });
    const rig = createRig({ policy: () => limited });
    await say(rig, 'scale deploy/web --replicas=4 -n shop', 'k1');
    await rig.commands.remediate({
      text: 'cordon worker-1',
      actor: { userId: 'U0OPS', teamId: 'T0' },
      requestKey: 'k2',
    });
    await rig.settle();
    const lines = await answer(rig, 'stats');
    expect(lines[1]).toMatch(/^1 asked for/);
    expect(lines.at(-1)).toBe('Namespaces where you may neither ask nor approve are left out: 1.');
    const stranger = await rig.commands.remediate({
      text: 'stats',
      actor: { userId: 'U0EVE', teamId: 'T0' },
      requestKey: 'k3',
    });
    expect(stranger.kind).toBe('denied');
  });
});

const restart: Playbook = {
  version: 1,
  name: 'restart',
  description: 'Restarts.',
  match: { labels: { alertname: 'A' } },
  action: 'rollout restart deployment/{{name}} -n {{namespace}}',
};
