import { describe, expect, test } from 'vitest';
import { read, refusal } from './reading.ts';

/* What is said of a command that begins right and goes on wrong: where, in which words, and what may have been meant. */

const SET =
  'rollout restart, undo, pause or resume; scale; set image, env or resources; autoscale; delete pod or job; create job; suspend; resume; cordon; uncordon; drain; taint; label; annotate; patch';
const ONE_NODE =
  'One node at a time: what is left when the second goes can only be judged when the first has gone.';
const usage = 'kubectl rollout restart deployment/NAME -n NAMESPACE';
const podUsage = 'kubectl delete pod NAME -n NAMESPACE';

test.each<[string, string, string, string, string | undefined]>([
  ['rollout', 'unknown-verb', '', '"rollout" is followed by restart, undo, pause or resume.', undefined],
  [
    'rollout x',
    'unknown-verb',
    'x',
    '"rollout" is followed by restart, undo, pause or resume, not by "x".',
    undefined,
  ],
  [
    'rollout restrat deploy/web',
    'unknown-verb',
    'restrat',
    '"rollout" is followed by restart, undo, pause or resume, not by "restrat".',
    'kubectl rollout restart deployment/web -n default',
  ],
  ['set', 'unknown-verb', '', '"set" is followed by image, env or resources.', undefined],
  [
    'set imgae deploy/web',
    'unknown-verb',
    'imgae',
    '"set" is followed by image, env or resources, not by "imgae".',
    'kubectl set image deployment/NAME CONTAINER=IMAGE -n NAMESPACE',
  ],
  ['helm upgrade', 'unknown-verb', 'helm', `"helm" is not a command. Firebreak can ${SET}.`, undefined],
  ['', 'empty', '', `No command given. Firebreak can ${SET}.`, undefined],
  ['kubectl -n shop', 'empty', '', `No command given. Firebreak can ${SET}.`, undefined],
  ['help', 'help', 'help', `Firebreak can ${SET}.`, undefined],
  [
    'pause deploy/web',
    'unknown-verb',
    'pause',
    `"pause" is not a command. Firebreak can ${SET}.`,
    'kubectl rollout pause deployment/web -n default',
  ],
  [
    'resume deployment/web -n shop',
    'kind-not-allowed',
    'resume',
    '"resume" works on CronJob or Job; for a Deployment it is "rollout resume".',
    'kubectl rollout resume deployment/web -n shop',
  ],
  [
    'resume web',
    'unknown-kind',
    'web',
    '"web" is no kind that Firebreak acts on; "resume" works on CronJob or Job.',
    'kubectl patch cronjob/web -p \'{"spec":{"suspend":false}}\' -n default',
  ],
  [
    'suspend deploy/web -n shop',
    'kind-not-allowed',
    'suspend',
    '"suspend" works on CronJob or Job; for a Deployment it is "rollout pause".',
    'kubectl rollout pause deployment/web -n shop',
  ],
  [
    'undo deploy/web -n shop',
    'unknown-verb',
    'undo',
    `"undo" is not a command. Firebreak can ${SET}.`,
    'kubectl rollout undo deployment/web -n shop',
  ],
  [
    'restart deploy/web',
    'unknown-verb',
    'restart',
    `"restart" is not a command. Firebreak can ${SET}.`,
    'kubectl rollout restart deployment/web -n default',
  ],
  [
    'rollout restart',
    'missing-target',
    '',
    '"rollout restart" needs the Deployment, StatefulSet or DaemonSet it is for.',
    usage,
  ],
  [
    'rollout restart deploy',
    'missing-target',
    '',
    'A name is missing after "deploy"; "rollout restart" never takes all of a kind.',
    usage,
  ],
  [
    'rollout restart deploy/web,deploy/api',
    'several-targets',
    'deploy/web,deploy/api',
    'A comma lists several; a command takes one kind, and its names one after the other.',
    usage,
  ],
  [
    'rollout restart deploy/a deploy/a',
    'extra-word',
    'deploy/a',
    '"a" is named twice.',
    'kubectl rollout restart deployment/a -n default',
  ],
  [
    'rollout restart deploy/a sts/b',
    'several-targets',
    'sts/b',
    'All objects of a command are of one kind; this is a StatefulSet, the first a Deployment.',
    usage,
  ],
  [
    'rollout restart deploy/a b',
    'extra-word',
    'b',
    '"b" is one word too many here. A reason stands behind " -- ".',
    usage,
  ],
  [
    'rollout restart a b',
    'unknown-kind',
    'a',
    '"a" is no kind that Firebreak acts on; "rollout restart" works on Deployment, StatefulSet or DaemonSet.',
    usage,
  ],
  [
    'rollout restart a',
    'unknown-kind',
    'a',
    '"a" is no kind that Firebreak acts on; "rollout restart" works on Deployment, StatefulSet or DaemonSet.',
    'kubectl rollout restart deployment/a -n default',
  ],
  [
    'rollout restart deploy a x/b',
    'extra-word',
    'x/b',
    'Names follow one word for the kind, or each is KIND/NAME; not both.',
    usage,
  ],
  ['rollout restart deploy/web/x', 'bad-name', 'deploy/web/x', '"deploy/web/x" is not KIND/NAME.', usage],
  ['rollout restart /web', 'bad-name', '/web', '"/web" is not KIND/NAME.', usage],
  ['rollout restart deploy/', 'bad-name', 'deploy/', '"deploy/" is not KIND/NAME.', usage],
  [
    'rollout restart deploy/--',
    'bad-name',
    'deploy/--',
    '"--" is no name. A reason stands behind " -- ".',
    usage,
  ],
  [
    'rollout restart deploy -- x',
    'unknown-flag',
    '--',
    'A lone "--" only separates the command from its reason.',
    usage,
  ],
  [
    'rollout restart deploy/Web',
    'bad-name',
    'deploy/Web',
    '"Web" is not a Kubernetes name: lower case letters, digits, "-" and ".", beginning and ending with a letter or digit.',
    usage,
  ],
  [
    'rollout restart depoly/web',
    'unknown-kind',
    'depoly',
    '"depoly" is no kind that Firebreak acts on; "rollout restart" works on Deployment, StatefulSet or DaemonSet.',
    'kubectl rollout restart deployment/web -n default',
  ],
  [
    'rollout restart deploy/web extra',
    'extra-word',
    'extra',
    '"extra" is one word too many here. A reason stands behind " -- ".',
    usage,
  ],
  [
    'rollout restart deploy/web please',
    'extra-word',
    'please',
    '"please" is one word too many here. A reason stands behind " -- ".',
    'kubectl rollout restart deployment/web -n default',
  ],
  [
    'scale deploy/web replicas=3 -n shop',
    'extra-word',
    'replicas=3',
    '"replicas=3" needs its flag: write "--replicas=3".',
    'kubectl scale deployment/web --replicas=3 -n shop',
  ],
  [
    'scale deploy/web 3 -n shop',
    'extra-word',
    '3',
    '"3" needs its flag: write "--replicas=3".',
    'kubectl scale deployment/web --replicas=3 -n shop',
  ],
  [
    'rollout undo deploy/web 3 -n shop',
    'extra-word',
    '3',
    '"3" needs its flag: write "--to-revision=3".',
    'kubectl rollout undo deployment/web --to-revision=3 -n shop',
  ],
  [
    'rollout undo deploy/web to-revision=3',
    'extra-word',
    'to-revision=3',
    '"to-revision=3" needs its flag: write "--to-revision=3".',
    'kubectl rollout undo deployment/web --to-revision=3 -n default',
  ],
  ['cordon 3 4', 'several-targets', '4', ONE_NODE, 'kubectl cordon NAME'],
  [
    'cordon node a',
    'extra-word',
    'node',
    'This command takes the name of a node without the word for its kind.',
    'kubectl cordon a',
  ],
  ['cordon a -l x=y', 'several-targets', '-l x=y', ONE_NODE, 'kubectl cordon NAME'],
  ['cordon', 'missing-target', '', '"cordon" needs the Node it is for.', 'kubectl cordon NAME'],
  [
    'undo',
    'unknown-verb',
    'undo',
    `"undo" is not a command. Firebreak can ${SET}.`,
    'kubectl rollout undo deployment/NAME --to-revision=REVISION -n NAMESPACE',
  ],
  [
    'rollout restart deploy -l a=b x',
    'several-targets',
    '-l a=b',
    'A name cannot be given together with a selector; give one of them.',
    usage,
  ],
  [
    'rollout restart deploy/x -l a=b',
    'several-targets',
    '-l a=b',
    'A name cannot be given together with a selector; give one of them.',
    usage,
  ],
  [
    'rollout restart -l a=b',
    'missing-target',
    '',
    '"rollout restart" needs the Deployment, StatefulSet or DaemonSet it is for.',
    usage,
  ],
  [
    'delete node -l a=b',
    'kind-not-allowed',
    'node',
    '"delete" works on Pod or Job, not on Node. What is deleted cannot be brought back as it was.',
    podUsage,
  ],
  ['label node -l a=b x=y', 'several-targets', '-l a=b', ONE_NODE, 'kubectl label node NAME KEY=VALUE'],
  ['label nodes a b x=y', 'several-targets', 'b', ONE_NODE, 'kubectl label node NAME KEY=VALUE'],
  [
    'rollout restart deploy w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 w12 w13 w14 w15 w16 w17 w18 w19 w20',
    'several-targets',
    'w20',
    'At most 20 objects in one command; more is a change to plan, not a repair to click.',
    usage,
  ],
])('%j is refused: %s', (text, code, under, reason, nearest) => {
  expect(refusal(text)).toEqual({ code, under, reason, nearest });
});

test.each([
  ['rollout undo deploy/a deploy/b', 'kubectl rollout undo deployment/a deployment/b -n default'],
  ['rollout undo deploy -l a=b', 'kubectl rollout undo deployment -l a=b -n default'],
  ['rollout restart deploy/web -i=false -n shop', 'kubectl rollout restart deployment/web -n shop'],
  ['delete pod a"b"c', 'kubectl delete pod abc -n default'],
  ['delete pod -l "a in (b,c)" -n x', "kubectl delete pod -l 'a in (b,c)' -n x"],
  ['delete pod -l a==b -n x', 'kubectl delete pod -l a=b -n x'],
])('%j is %s', (text, meant) => {
  expect(read(text)).toBe(meant);
});

test('a command has at most 200 words and names at most 20 objects', () => {
  const names = Array.from({ length: 21 }, (_, at) => `w${at}`);
  expect(read(`rollout restart deploy ${names.slice(0, 20).join(' ')} -n a`)).toMatch(/^kubectl/);
  expect(refusal(`rollout restart deploy ${names.join(' ')}`)).toEqual({
    ...{ code: 'several-targets', under: 'w20', nearest: usage },
    reason: 'At most 20 objects in one command; more is a change to plan, not a repair to click.',
  });
  expect(refusal(`rollout restart ${'a '.repeat(198)}`)).toMatchObject({ code: 'unknown-kind' });
  expect(refusal(`rollout restart ${'a '.repeat(200)}`)).toMatchObject({
    ...{ code: 'too-long', under: 'a a' },
    reason: 'The command has more than 200 words; no more are read.',
  });
});

describe('a kind has its names, with or without a group that is served', () => {
  test.each([
    [
      'kubectl label deployment/web a=b -n shop',
      ['deployment', 'deployments', 'deploy', 'deploy.apps', 'deploy.v1.apps', 'DEPLOY'],
    ],
    [
      'kubectl label statefulset/web a=b -n shop',
      ['statefulset', 'statefulsets', 'sts', 'sts.apps', 'sts.v1.apps'],
    ],
    ['kubectl label daemonset/web a=b -n shop', ['daemonset', 'daemonsets', 'ds', 'ds.apps', 'ds.v1.apps']],
    ['kubectl label pod/web a=b -n shop', ['pod', 'pods', 'po']],
    ['kubectl label node/web a=b', ['node', 'nodes', 'no']],
    ['kubectl label cronjob/web a=b -n shop', ['cronjob', 'cronjobs', 'cj', 'cj.batch', 'cj.v1.batch']],
    ['kubectl label job/web a=b -n shop', ['job', 'jobs', 'job.batch', 'job.v1.batch']],
  ])('%s', (meant, names) => {
    for (const name of names) expect(read(`label ${name}/web a=b -n shop`), name).toBe(meant);
  });

  test('horizontalpodautoscaler', () => {
    const [patch, meant] = [
      `/web -p '{"spec":{"minReplicas":2}}' -n shop`,
      `kubectl patch horizontalpodautoscaler/web --type=merge -p '{"spec":{"minReplicas":2}}' -n shop`,
    ];
    for (const name of [
      'horizontalpodautoscaler',
      'horizontalpodautoscalers',
      'hpa',
      'hpa.autoscaling',
      'hpa.v1.autoscaling',
      'hpa.v2.autoscaling',
    ])
      expect(read(`patch ${name}${patch}`), name).toBe(meant);
  });

  test('and no other', () => {
    expect(refusal('label deploy.batch/web a=b -n shop')).toMatchObject({ code: 'kind-not-allowed' });
  });
});
