import { expect, test } from 'vitest';
import type { Label, LeftOut } from '../../../../src/domain/insight/lived.ts';
import { type Remediation, remediation } from '../../../../src/domain/remediation.ts';
import {
  type Choice,
  countExample,
  countLeftOut,
  dataCard,
  emptyTally,
  type Tally,
} from '../../../../src/stages/learn/training/data-card.ts';
import type { Split } from '../../../../src/stages/learn/training/split.ts';
import { cordonNode } from '../../../fixtures/facts.ts';
import { remediationIn } from '../../../fixtures/remediations.ts';

const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
const choice: Choice = {
  ...{ since: undefined, splitDay: undefined, lastingHours: 24 },
  sha256: { train: a, validation: b },
};
const playbook = { kind: 'playbook', playbook: 'restart', alert: 'Crash' } as const;
const on = (day: string, of: Remediation = remediationIn('succeeded')): Remediation =>
  remediation.parse({ ...of, createdAt: `2026-03-${day}T12:00:00.000Z` });

function add(tally: Tally, side: Split, label: Label, row: Remediation): void {
  const lived = { remediation: row, incident: row.id, incidentAt: row.createdAt, evidence: [], votes: [] };
  countExample(tally, side, { kind: 'example', number: 1, label, lived });
}

function tallyOf(...reasons: LeftOut[]): Tally {
  const tally = emptyTally();
  for (const reason of reasons) countLeftOut(tally, reason);
  return tally;
}

test('says what is in it, how it was chosen and what was left out', () => {
  const tally = tallyOf('failed', 'open', 'failed');
  add(tally, 'train', 'verified', on('02'));
  add(tally, 'train', 'not_verified', on('01', remediationIn('failed', { requestedBy: playbook })));
  add(tally, 'train', 'verified', on('03'));
  add(tally, 'train', 'verified', on('02', remediationIn('succeeded', { action: cordonNode })));
  add(tally, 'validation', 'verified', on('05', remediationIn('requested')));
  const since = '2026-03-01T00:00:00.000Z';
  const card = dataCard(tally, { ...choice, since, splitDay: '2026-03-05' });
  expect(card).toMatchObject({ examples: 5, looked: 8, empty: undefined });
  const rule =
    'Incidents that began on 2026-03-05 (UTC) or later are for validation; no incident is in both.';
  const [failed, open] = ['It failed before anything could be verified.', 'It is not over.'];
  expect(card.json).toEqual({
    ...{ format: 'firebreak-finetune/2', examples: 5, looked: 8 },
    chosen: { since, lastingHours: 24 },
    split: { validationFrom: '2026-03-05', rule },
    train: {
      ...{ examples: 4, labels: { verified: 3, not_verified: 1 }, sha256: a },
      ...{ first: '2026-03-01T12:00:00.000Z', last: '2026-03-03T12:00:00.000Z' },
    },
    validation: {
      ...{ examples: 1, labels: { verified: 1, not_verified: 0 }, sha256: b },
      ...{ first: '2026-03-05T12:00:00.000Z', last: '2026-03-05T12:00:00.000Z' },
    },
    verbs: { cordon: 1, 'rollout restart': 4 },
    playbooks: { restart: 1 },
    tiers: { human: 4 },
    leftOut: [
      { reason: 'open', count: 1, sentence: open },
      { reason: 'failed', count: 2, sentence: failed },
    ],
  });
  expect(Object.keys(JSON.parse(JSON.stringify(card.json)).verbs)).toEqual(['cordon', 'rollout restart']);
  expect(card.markdown).toBe(`# Data card

Examples of chats from what Firebreak did, format \`firebreak-finetune/2\`: 5 of 8 remediations since 2026-03-01T00:00:00.000Z.

\`verified\`: it was verified, and for 24 hours nothing was done to its owner and no alert of its owner came. \`not_verified\`: it was carried out and did not help; a negative example.

A line has \`messages\` (system, user: the evidence, assistant: what was proposed and decided), \`outcome\` and \`stderr\`. Trainers that refuse other keys read \`messages\` alone.

## Splits

${rule}

| file | examples | verified | not_verified | first | last |
| --- | --- | --- | --- | --- | --- |
| train.jsonl | 4 | 3 | 1 | 2026-03-01T12:00:00.000Z | 2026-03-03T12:00:00.000Z |
| validation.jsonl | 1 | 1 | 0 | 2026-03-05T12:00:00.000Z | 2026-03-05T12:00:00.000Z |

## Actions

|  | examples |
| --- | --- |
| cordon | 1 |
| rollout restart | 4 |

## Playbooks

|  | examples |
| --- | --- |
| restart | 1 |

## Tiers

|  | examples |
| --- | --- |
| human | 4 |

## Left out

|  | remediations | why |
| --- | --- | --- |
| open | 1 | ${open} |
| failed | 2 | ${failed} |

## Redaction

Secrets, values of pod templates and the names of people were taken out. Names of objects, namespaces, images and clusters are in it, and the words of alerts and of people: it is not for the public.
`);
});

test.each<[string, LeftOut[], number, string, string]>([
  ['nothing was looked at', [], 0, 'There is no remediation in this time.', 'Nothing.'],
  ['one is open', ['open'], 1, 'Of 1 remediation none can be learned from: 1 open.', '| open | 1 |'],
  [
    'several are left out',
    ['failed', 'open', 'failed'],
    3,
    'Of 3 remediations none can be learned from: 1 open, 2 failed.',
    '| failed | 2 |',
  ],
])('says why it is empty where %s', (_name, reasons, looked, empty, left) => {
  const card = dataCard(tallyOf(...reasons), choice);
  const none = { examples: 0, labels: { verified: 0, not_verified: 0 }, first: null, last: null };
  expect(card).toMatchObject({
    ...{ examples: 0, looked, empty },
    json: {
      ...{ empty, chosen: { since: null }, verbs: {} },
      ...{ split: { validationFrom: null }, train: { ...none, sha256: a } },
    },
  });
  const before = `: 0 of ${looked} remediations.\n\n**There are none.** ${empty}\n\n\`verified\``;
  expect(card.markdown).toContain(before);
  expect(card.markdown).toContain('\nThere is nothing to split.\n');
  expect(card.markdown).toContain('| validation.jsonl | 0 | 0 | 0 | - | - |\n\n## Left out\n');
  expect(card.markdown).toContain(left);
});
