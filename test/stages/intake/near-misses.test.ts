import { expect, test } from 'vitest';
import { assemble } from '../../../src/stages/intake/grammar/assemble.ts';
import { splitFlags } from '../../../src/stages/intake/grammar/flags.ts';
import { typedCommands } from '../../../src/stages/intake/grammar/typed-commands.ts';
import { notes, read, refusal } from './reading.ts';

/* What is nearly something else: a name like a word that is known, a number with something behind it, a flag of others. */

test.each([
  ['cordon deploy', 'kubectl cordon deploy'],
  ['cordon rs', 'kubectl cordon rs'],
  [
    'create job deploy --from=cronjob/nightly -n shop',
    'kubectl create job deploy --from=cronjob/nightly -n shop',
  ],
  ['delete pod main b', 'kubectl delete pod main b -n default'],
  ['delete pod internal b', 'kubectl delete pod internal b -n default'],
  ['set env deploy/web Z=AZ_az09 -n shop', 'kubectl set env deployment/web Z=AZ_az09 -n shop'],
  ["annotate pod a b='c'\td=e -n shop", 'kubectl annotate pod/a b=c d=e -n shop'],
  ['annotate pod a b="c"\td=e -n shop', 'kubectl annotate pod/a b=c d=e -n shop'],
  [
    `${'\n'.repeat(8)} rollout restart deploy/web -n shop \r\n`,
    'kubectl rollout restart deployment/web -n shop',
  ],
  ['rollout restart deploy/web \\\r-n shop', 'kubectl rollout restart deployment/web -n shop'],
])('%j is %s', (text, meant) => {
  expect(read(text)).toBe(meant);
});

const reason = 'A reason stands behind " -- ".';
const rule = 'lower case letters, digits, "-" and ".", beginning and ending with a letter or digit';
const acts =
  'is no kind that Firebreak acts on; "rollout restart" works on Deployment, StatefulSet or DaemonSet.';
const restart = 'kubectl rollout restart deployment/NAME -n NAMESPACE';
const scale = 'kubectl scale deployment/NAME --replicas=COUNT -n NAMESPACE';

test.each<[string, string, string, string, string]>([
  ['rollout restart rollout2/web', 'unknown-kind', 'rollout2', `"rollout2" ${acts}`, restart],
  ['rollout restart widget -l a=b', 'unknown-kind', 'widget', `"widget" ${acts}`, restart],
  ['rollout restart web now -n shop', 'unknown-kind', 'web', `"web" ${acts}`, restart],
  [
    'rollout restart configmaps/web',
    'kind-not-allowed',
    'configmaps',
    '"rollout restart" works on Deployment, StatefulSet or DaemonSet. ConfigMaps are not supported.',
    restart,
  ],
  [
    'rollout restart deploy/web- -n shop',
    'bad-name',
    'deploy/web-',
    `"web-" is not a Kubernetes name: ${rule}.`,
    restart,
  ],
  [
    'rollout restart deploy/-web -n shop',
    'bad-name',
    'deploy/-web',
    `"-web" is not a Kubernetes name: ${rule}.`,
    restart,
  ],
  ['scale deploy/web 3x -n shop', 'extra-word', '3x', `"3x" is one word too many here. ${reason}`, scale],
  [
    'scale deploy/web 2replicas=3 -n shop',
    'extra-word',
    '2replicas=3',
    `"2replicas=3" is one word too many here. ${reason}`,
    scale,
  ],
  [
    'scale deploy/web max=3 -n shop',
    'extra-word',
    'max=3',
    `"max=3" is one word too many here. ${reason}`,
    scale,
  ],
  [
    'scale deploy/web 12 -n shop',
    'extra-word',
    '12',
    '"12" needs its flag: write "--replicas=12".',
    'kubectl scale deployment/web --replicas=12 -n shop',
  ],
  [
    'rollout undo deploy/web to --to-revision=3 -n shop',
    'extra-word',
    'to',
    `"to" is one word too many here. ${reason}`,
    'kubectl rollout undo deployment/web --to-revision=3 -n shop',
  ],
  ...['into', 'tomorrow'].map((word): [string, string, string, string, string] => [
    `scale deploy/web ${word} --replicas=3 -n shop`,
    'extra-word',
    word,
    `"${word}" is one word too many here. ${reason}`,
    scale,
  ]),
  [
    'rollout undo deploy/web --rev=3 -n shop',
    'unknown-flag',
    '--rev=3',
    '"--rev" is not a flag of these commands.',
    'kubectl rollout undo deployment/web --to-revision=3 -n shop',
  ],
  [
    'autoscale deploy/web --mas=5 -n shop',
    'unknown-flag',
    '--mas=5',
    '"--mas" is not a flag of these commands.',
    'kubectl autoscale deployment/web --max=5 -n shop',
  ],
  [
    'scale deploy/web --from=x --replicas=3',
    'flag-of-other-verb',
    '--from=x',
    '--from belongs to "create job", not to "scale".',
    scale,
  ],
  [
    'scale deploy/web --prefix=x --replicas=3',
    'not-offered',
    '--prefix=x',
    'It belongs to --from, and references are not offered here.',
    scale,
  ],
  [
    'label pod a x=y --overwrite --overwrite -n shop',
    'flag-repeated',
    '--overwrite',
    '--overwrite is given twice; give it once.',
    'kubectl label pod/a x=y --overwrite -n shop',
  ],
  [
    'create job x -n shop --from',
    'flag-value',
    '--from',
    '--from needs what the Job is made from, such as cronjob/NAME; nothing follows it.',
    'kubectl create job NEW-NAME --from=cronjob/NAME -n NAMESPACE',
  ],
  [
    'delete pod a$x',
    'substitution',
    '$x',
    'There is no shell here to fill in "$"; write the value itself.',
    'kubectl delete pod NAME -n NAMESPACE',
  ],
  [
    'rollout restart deploy/web -n shop # it leaks\nagain',
    'comment',
    '# it leaks',
    'Comments are not read; put your reason after " -- ".',
    restart,
  ],
  [
    'delete pod a -n',
    'flag-value',
    '-n',
    '-n needs a namespace: lower case letters, digits and "-", at most 63; nothing follows it.',
    'kubectl delete pod NAME -n NAMESPACE',
  ],
  [
    'rollout restart deploy \\b\n c',
    'character',
    '\\',
    'A backslash escapes something in a shell; write the command plainly on one line.',
    restart,
  ],
])('%j is refused: %s', (text, code, under, said, nearest) => {
  expect(refusal(text)).toEqual({ code, under, reason: said, nearest });
});

test.each(['-oyaml', '-o=yaml', '-o yaml'])('a flag is called without its value: %s', (flag) => {
  expect(notes(`rollout restart deploy/web ${flag} -n shop`)).toEqual([
    '-o has no effect: it only changes what kubectl prints.',
  ]);
});

test('for a flag that is like none, none is offered', () => {
  const word = { text: '--zzzzzzzz=1', start: 0, end: 12 };
  expect(splitFlags([word]).objection).toEqual({
    ...{ code: 'unknown-flag', span: { start: 0, end: 12 } },
    reason: '"--zzzzzzzz" is not a flag of these commands.',
  });
});

test('what the schema does not take is refused with all that it says', () => {
  const typed = typedCommands.find(({ name }) => name === 'rollout undo');
  if (typed === undefined) throw new Error('there is no undo');
  const wrong = { ...typed.of(undefined), read: () => ({ fields: { toRevision: -1, x: 1 }, notes: [] }) };
  const words = [{ text: 'deployment/web', start: 7, end: 21 }];
  expect(assemble({ ...typed, of: () => wrong }, words, { used: new Map(), notes: [] }, 30)).toEqual({
    ...{ code: 'bad-name', span: { start: 7, end: 30 } },
    reason: 'This is not a valid "rollout undo": Too small: expected number to be >0; Unrecognized key: "x".',
  });
});
