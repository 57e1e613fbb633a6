import { expect, test } from 'vitest';
import { readSlashCommand } from '../../../src/stages/intake/slash-command.ts';

const cordon = { kind: 'action', action: { verb: 'cordon', target: { kind: 'Node', name: 'worker-1' } } };

test.each<[string, object]>([
  ['', { kind: 'help' }],
  [' \n\t', { kind: 'help' }],
  ['help', { kind: 'help' }],
  [' Help\n', { kind: 'help' }],
  ['help me', { kind: 'refused', command: 'help me' }],
  ['help!', { kind: 'help' }],
  ['?', { kind: 'help' }],
  ['--help', { kind: 'help' }],
  ['-h', { kind: 'help' }],
  ['status', { kind: 'status' }],
  ['Status?', { kind: 'status' }],
  ['/remediate', { kind: 'help' }],
  ['/remediate status', { kind: 'status' }],
  ['/Remediate stop too many alerts', { kind: 'stop', reason: 'too many alerts' }],
  ['`/remediate cordon worker-1 -- disk`', { ...cordon, notes: [], reason: 'disk' }],
  ['STOP! it is wrong', { kind: 'stop', reason: 'it is wrong' }],
  ['stop: it is wrong', { kind: 'stop', reason: 'it is wrong' }],
  ['STOP!', { kind: 'unclear', sentence: 'Say why: /remediate stop <reason>' }],
  ['status of 42', { kind: 'one', word: '42', number: 42 }],
  ['status remediation #42', { kind: 'one', word: '#42', number: 42 }],
  ['status of web', { kind: 'one', word: 'web' }],
  ['status of', { kind: 'one', word: 'of' }],
  ['status incident 12', { kind: 'incident', word: '12', number: 12 }],
  ['STATUS ', { kind: 'status' }],
  ['status 42', { kind: 'one', word: '42', number: 42 }],
  ['status\t#42', { kind: 'one', word: '#42', number: 42 }],
  ['status 42 43', { kind: 'one', word: '42', number: 42 }],
  ['status 0', { kind: 'one', word: '0', number: 0 }],
  ['status -1', { kind: 'one', word: '-1' }],
  ['status 1.5', { kind: 'one', word: '1.5' }],
  ['status 1234567890', { kind: 'one', word: '1234567890' }],
  ['status web', { kind: 'one', word: 'web' }],
  ['history', { kind: 'history', terms: [], page: 1, text: '' }],
  ['incident 7', { kind: 'incident', word: '7', number: 7 }],
  ['Incident #7', { kind: 'incident', word: '#7', number: 7 }],
  ['incident', { kind: 'incident', word: '' }],
  ['incident 7 Report', { kind: 'incident', word: '7', number: 7, report: true }],
  ['incident number 7', { kind: 'incident', word: '7', number: 7 }],
  ['incident report 7', { kind: 'incident', word: '7', number: 7, report: true }],
  ['incident 7 full report', { kind: 'incident', word: '7', number: 7, report: true }],
  ['history incident 7', { kind: 'incident', word: '7', number: 7 }],
  [
    'history incident 7 memory',
    { kind: 'history', terms: ['incident', '7', 'memory'], page: 1, text: 'incident 7 memory' },
  ],
  ['incident 7 now', { kind: 'incident', word: '7', number: 7 }],
  ['notify me on', { kind: 'notify', wants: true }],
  ['Notify ME  off', { kind: 'notify', wants: false }],
  ['notify me', { kind: 'unclear', sentence: 'Write /remediate notify me on, or /remediate notify me off.' }],
  ['History 5', { kind: 'history', terms: ['5'], page: 1, text: '5' }],
  ['stats', { kind: 'stats' }],
  ['Stats 4w', { kind: 'stats', since: '4w' }],
  ['stats shop 7d', { kind: 'stats', since: '7d', name: 'shop' }],
  ['stats 2026-03-01 -n shop', { kind: 'stats', since: '2026-03-01', name: 'shop', of: 'namespace' }],
  ['stats playbook restart', { kind: 'stats', name: 'restart', of: 'playbook' }],
  ['stats --namespace shop', { kind: 'stats', name: 'shop', of: 'namespace' }],
  ['stats namespace shop', { kind: 'stats', name: 'shop', of: 'namespace' }],
  ['stats playbook', { kind: 'stats', name: 'playbook' }],
  ['stats 2048-game', { kind: 'stats', name: '2048-game' }],
  ['stats shop web', { kind: 'stats', name: 'shop', extra: 'web' }],
  ['stats -n shop web', { kind: 'stats', name: 'shop', of: 'namespace', extra: 'web' }],
  ['stats -n=shop', { kind: 'stats', name: 'shop', of: 'namespace' }],
  ['stats ns shop since 2 weeks', { kind: 'stats', since: '2w', name: 'shop', of: 'namespace' }],
  ['stats last 24h', { kind: 'stats', since: '24h' }],
  ['stats --since 7d', { kind: 'stats', since: '7d' }],
  ['stats --since=30m shop', { kind: 'stats', since: '30m', name: 'shop' }],
  ['stats since monday', { kind: 'stats', since: '7d' }],
  ['stats 2 days ago', { kind: 'stats', since: '2d' }],
  ['stats in the last week', { kind: 'stats', since: '1w' }],
  ['stats 7d 4w', { kind: 'stats', since: '7d', name: '4w' }],
  ['statuses', { kind: 'refused', command: 'statuses' }],
  ['kubectl status', { kind: 'refused', command: 'kubectl status' }],
  ['cordon worker-1', { ...cordon, notes: [] }],
  ['cordon worker-1 -- disk is full', { ...cordon, notes: [], reason: 'disk is full' }],
  ['cordon worker-1 -- status', { ...cordon, notes: [], reason: 'status' }],
  ['cordon worker-1 --wait -- now', { ...cordon, notes: [expect.any(String)], reason: 'now' }],
  ['cordon -- worker-1', { kind: 'refused', command: 'cordon', refusal: { code: 'missing-target' } }],
  ['-- why', { kind: 'refused', command: '', refusal: { code: 'empty' } }],
])('%j', (text, expected) => {
  const read = readSlashCommand(text);
  expect(read).toMatchObject(expected);
  if (read.kind !== 'refused') expect(read).toStrictEqual(expected);
});

test.each([
  ['hlep', 'help'],
  ['histroy deployment/web 7d', 'history'],
  ['Staus 42', 'status'],
  ['stat 7d', 'stats'],
  ['stpo the database is being moved', 'stop'],
  ['strat', 'start'],
  ['incidnet 7', 'incident'],
  ['notfy me on', 'notify'],
])('%j is told which word of its own is near, and is not taken for it', (text, near) => {
  const reason = expect.stringMatching(new RegExp(`is not a command. Try: /remediate ${near}$`));
  expect(readSlashCommand(text)).toMatchObject({ kind: 'refused', refusal: { reason } });
});

test.each(['approve 42', 'Reject 42', 'deny'])('%j is told where that is done', (text) => {
  const reason = expect.stringMatching(/with the buttons of the card. To find it: \/remediate status$/);
  expect(readSlashCommand(text)).toMatchObject({ kind: 'refused', refusal: { reason } });
});

test.each(['42', '#42', 'show 42', 'undo 42', 'rollback 42', 'retry 42', 'roll back 42', 'rollout undo 42'])(
  '%j is told where a number is seen',
  (text) => {
    const read = readSlashCommand(text);
    const reason = expect.stringMatching(
      / \/remediate status 42, or of an incident: \/remediate incident 42$/,
    );
    expect(read).toMatchObject({ kind: 'refused', refusal: { reason } });
    expect(read).not.toHaveProperty('refusal.nearest');
  },
);

test.each([
  'restart web',
  'top pods',
  'set imagee deploy/web a=b',
  'bounce web',
  'show 42 43',
  'show web42',
  'show 42web',
])('%j is told about verbs', (text) => {
  const reason = expect.not.stringContaining('/remediate');
  expect(readSlashCommand(text)).toMatchObject({ kind: 'refused', refusal: { reason } });
});

test.each([
  ['stats shop --context us', { kind: 'stats', name: 'shop', cluster: 'us' }],
  [
    'history deployment/web --context us page 2',
    {
      kind: 'history',
      ...{ terms: ['deployment/web'], page: 2, cluster: 'us', text: 'deployment/web --context us' },
    },
  ],
  ['history cluster:eu', { kind: 'history', terms: [], page: 1, cluster: 'eu', text: '--context eu' }],
  // Free words, at some of which a shell would stop.
  ...["can't pull", 'web (oom)', '"web; db" 5"', 'web > 5'].map((words): [string, object] => [
    `history ${words} --context us page 2`,
    expect.objectContaining({ page: 2, cluster: 'us', text: `${words} --context us` }),
  ]),
  [
    'history by <@U0ANN|ann> --context us',
    {
      kind: 'history',
      ...{ terms: [], page: 1, person: 'U0ANN', cluster: 'us', text: 'by <@U0ANN|ann> --context us' },
    },
  ],
  [
    "history can't \u2014context 'us'",
    { kind: 'history', terms: ["can't"], page: 1, cluster: 'us', text: "can't --context us" },
  ],
  ["history can't --context asia", { kind: 'unclear', sentence: expect.stringContaining('"asia"') }],
  ["stats can't 7d --context us", { kind: 'stats', name: "can't", since: '7d', cluster: 'us' }],
  ['history --cluster asia', { kind: 'unclear', sentence: expect.stringContaining('no cluster "asia"') }],
  ['stats cluster:eu 7d', { kind: 'stats', since: '7d', cluster: 'eu' }],
  ['stats shop --context asia', { kind: 'unclear', sentence: expect.stringContaining('no cluster "asia"') }],
])('of several clusters: %j', (text, expected) => {
  expect(readSlashCommand(text, ['eu', 'us'])).toEqual(expected);
});
