import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printAction } from '../../../src/actions/print.ts';
import { parseCommand } from '../../../src/stages/intake/command.ts';
import { readSlashCommand } from '../../../src/stages/intake/slash-command.ts';
import { fromSpoken } from '../../../src/stages/intake/spoken.ts';
import { anyRequest } from '../../fixtures/requests.ts';
import { casesOf } from '../../support/cases.ts';
import { read } from './reading.ts';

const RESTART = 'kubectl rollout restart deployment/web -n shop';
const UNDO = 'kubectl rollout undo deployment/web --to-revision=3 -n shop';

describe('a command as people type and paste it', () => {
  test.each([
    '$ kubectl rollout restart deploy/web -n shop',
    '`kubectl rollout restart deploy/web -n shop`\n',
    '`$ rollout restart deploy/web -n shop`',
    '```rollout restart deploy/web -n shop```',
    '```\nrollout restart deploy/web -n shop\n```',
    '```bash\n$ rollout restart deploy/web -n shop\n```',
    '```kubectl\nrollout restart deploy/web -n shop\n```',
    '\u201crollout restart deploy/web -n shop\u201d',
    '\u2018rollout restart deploy/web -n shop\u2019',
    '"rollout restart deploy/web -n shop"',
    'rollout restart \\\n  deploy/web \\\r\n\t-n shop',
    'rollout restart deploy/web\\\n -n shop',
    'kubectl\nrollout restart deploy/web -n shop',
    'rollout restart deploy/web\n--namespace=shop',
    'rollout\u00a0restart deploy/web\u202f-n shop',
    'rollout restart deploy/web \u2013n shop',
    'rollout restart deploy/web \u2014namespace=shop',
    'rollout restart deploy/web \u2013\u2013namespace shop',
    'rollout restart deploy/<http://web|web> -n shop',
  ])('%j', (text) => {
    expect(read(text)).toBe(RESTART);
  });

  test.each([
    ['cordon <http://a.example/|a.example>', 'kubectl cordon a.example'],
    [
      'set env deploy/web MAIL=<mailto:a@b.example|a@b.example> -n shop',
      'kubectl set env deployment/web MAIL=a@b.example -n shop',
    ],
    ['scale deploy/web \u2013replicas=3 -n shop', 'kubectl scale deployment/web --replicas=3 -n shop'],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });
});

describe('what is pasted with something around it, and could mean another command, is refused without one', () => {
  test.each([
    'KUBECONFIG=~/.kube/prod kubectl rollout restart deploy/web -n shop',
    'do not run kubectl rollout restart deploy/web -n shop',
    'never: kubectl rollout restart deploy/web -n shop',
    'helm rollback web && kubectl rollout restart deploy/web -n shop',
    'kubectl rollout restart deploy/web -n shop && kubectl rollout restart deploy/api -n shop',
    'kubectl get pods -n shop | xargs kubectl delete pod -n shop',
    'kubectl delete pod web* -n shop',
    `kubectl rollout restart deploy/web -n shop${'; kubectl get pods'.repeat(20)}`,
  ])('%s', (text) => {
    const parsed = parseCommand(text);
    const nearest = parsed.kind === 'refused' ? parsed.refusal.nearest : undefined;
    expect(parsed.kind).toBe('refused');
    expect(nearest === undefined || parseCommand(nearest).kind === 'refused').toBe(true);
  });
});

describe('what is said in words is refused with the command that was meant', () => {
  test.each([
    ['  restart  web  in  shop  ', RESTART],
    ['rollout restart deploy/web -n shop - it leaks', RESTART],
    ['rollout restart deploy/web -n shop timeout again', RESTART],
    ['rollout undo deploy/web -n shop it came back', UNDO.replace(' --to-revision=3', '')],
    ['/usr/bin/kubectl rollout restart deploy/web -n shop', RESTART],
    ['kubectl.exe rollout restart deploy/web -n shop', RESTART],
    ['-n $NS -l $LABEL rollout restart deploy', 'kubectl rollout restart deployment/NAME -n NAMESPACE'],
    ['restart web in shop please', RESTART],
    ['please sudo rollout restart deploy/web -n shop', RESTART],
    ['remediate rollout restart deploy/web -n shop', RESTART],
    ['delete pod kubectl in shop', 'kubectl delete pod kubectl -n shop'],
    ['delete pod rollback in shop', 'kubectl delete pod rollback -n shop'],
    ['please delete pod n web -n shop', 'kubectl delete pod n web -n shop'],
    ['rollback web in shop to rev 3', UNDO],
    ['undo web rev 3 in shop', UNDO],
    ['rollback web to 12 in shop', UNDO.replace('3', '12')],
    ['scale web to 15 in shop', 'kubectl scale deployment/web --replicas=15 -n shop'],
    ['scale undo to 5 in shop', 'kubectl scale deployment/undo --replicas=5 -n shop'],
    ['please drain worker-1 node', 'kubectl drain worker-1'],
    ['restart deployment node in shop', 'kubectl rollout restart deployment/node -n shop'],
    [
      'set resources deploy web --limits=memory=1Gi ns=shop',
      'kubectl set resources deployment/web --limits=memory=1Gi -n shop',
    ],
    ['restart checkout in shop', 'kubectl rollout restart deployment/checkout -n shop'],
    ['revert deploy/web -n shop', 'kubectl rollout undo deployment/web -n shop'],
    ['restart pod web-7d4b9c6f5-x2x9k in shop', 'kubectl delete pod web-7d4b9c6f5-x2x9k -n shop'],
    ['kill po/web-0 -n shop', 'kubectl delete pod web-0 -n shop'],
    ['rollout restart deploy/web --ns shop', 'kubectl rollout restart deployment/web -n shop'],
    [
      'rollout undo deploy/web --revision=3 -n shop',
      'kubectl rollout undo deployment/web --to-revision=3 -n shop',
    ],
    ['deploy/web restart -n shop', 'kubectl rollout restart deployment/web -n shop'],
    ['sts/db rollout restart in shop', 'kubectl rollout restart statefulset/db -n shop'],
    ['deploy/web scale to 5 in shop', 'kubectl scale deployment/web --replicas=5 -n shop'],
    ['restart the checkout', 'kubectl rollout restart deployment/checkout -n default'],
    ['restart the checkout deployment in shop', 'kubectl rollout restart deployment/checkout -n shop'],
    ['restart deploy web in the shop namespace', RESTART],
    ['rollout restart deploy web in shop', RESTART],
    ['restart statefulset/db in namespace shop', 'kubectl rollout restart statefulset/db -n shop'],
    ['please restart web in shop', RESTART],
    ['rollback web in shop', 'kubectl rollout undo deployment/web -n shop'],
    ['delete pod web-0 in shop', 'kubectl delete pod web-0 -n shop'],
    ['scale web to 5 in shop', 'kubectl scale deployment/web --replicas=5 -n shop'],
    ['scale web in shop to 5 replicas', 'kubectl scale deployment/web --replicas=5 -n shop'],
    ['drain the node worker-1', 'kubectl drain worker-1'],
    ['kubectl kubectl rollout restart deploy/web -n shop', RESTART],
    ['sudo kubectl rollout restart deploy/web -n shop', RESTART],
    ['% rollout restart deploy/web -n shop', RESTART],
    ['# rollout restart deploy/web -n shop', RESTART],
    ['> rollout restart deploy/web -n shop', RESTART],
    ['rollout restart deploy/web -n shop --namespace=shop', RESTART],
    ['rollout undo deploy/web 3 -n shop', UNDO],
    ['rollout undo deploy/web -n shop revision 3', UNDO],
    ['rollout undo deploy/web to revision 3 in shop', UNDO],
    ['rollback web to 3 in shop', UNDO],
    ['undo web in shop back to rev 3', UNDO],
    ['rollout restart deploy/web -ns shop', RESTART],
    ['rollout restart deploy web -ns=shop', RESTART],
    ['rollout restart deploy/web ns shop', RESTART],
    ['rollout restart deploy web ns shop', RESTART],
    ['rollout restart deploy/web namespace=shop', RESTART],
    ['rollout restart deploy/web namespace: shop', RESTART],
    ['rollout restart deploy/web n=shop', RESTART],
    ['rollout restart deploy web n shop', RESTART],
    ['rollout restart deploy/web -n shop because it leaks', RESTART],
    ['rollout restart deploy web in namespace: shop', RESTART],
    ['rollout restart deploy web in ns=shop', RESTART],
    ['delete pod web-0 in ns: shop', 'kubectl delete pod web-0 -n shop'],
    [
      'sudo kubectl set env deploy/web LOG=debug NAMESPACE=shop',
      'kubectl set env deployment/web LOG=debug NAMESPACE=shop -n default',
    ],
    [
      'sudo kubectl set env deploy/web LOG=debug N=5',
      'kubectl set env deployment/web LOG=debug N=5 -n default',
    ],
    ['please label deploy/web tier=x ns=shop', 'kubectl label deployment/web tier=x ns=shop -n default'],
    ['please label deploy/web tier=x in shop', 'kubectl label deployment/web tier=x -n shop'],
    [
      'autoscale deploy/web --max=5 -n shop min=2',
      'kubectl autoscale deployment/web --min=2 --max=5 -n shop',
    ],
    [
      'autoscale deploy/web --max=5 -n shop please min=2',
      'kubectl autoscale deployment/web --min=2 --max=5 -n shop',
    ],
    [
      'set resources deploy/web --limits=memory=1Gi -n shop requests=memory=512Mi',
      'kubectl set resources deployment/web --limits=memory=1Gi --requests=memory=512Mi -n shop',
    ],
    ['drain node/worker-1 ignore-daemonsets=true', 'kubectl drain worker-1 --ignore-daemonsets'],
    ['scale deploy/web replicas=3 -n shop', 'kubectl scale deployment/web --replicas=3 -n shop'],
    ['scale deploy/web -replicas=3 -n shop', 'kubectl scale deployment/web --replicas=3 -n shop'],
    ['scale deploy/web 3 -n shop', 'kubectl scale deployment/web --replicas=3 -n shop'],
    ['root@host:~# kubectl rollout restart deploy/web -n shop', RESTART],
    ['[root@node1 ~]# kubectl rollout restart deploy/web -n shop', RESTART],
    ['user@bastion:~/k8s$ kubectl rollout restart deploy/web -n shop', RESTART],
    ['\u276f kubectl rollout restart deploy/web -n shop', RESTART],
    ['\u279c  ~ kubectl rollout restart deploy/web -n shop', RESTART],
    ['PS C:\\> kubectl rollout restart deploy/web -n shop', RESTART],
    ['\u2022 kubectl rollout restart deploy/web -n shop', RESTART],
    ['- rollout restart deploy/web -n shop', RESTART],
    ['1. kubectl rollout restart deploy/web -n shop', RESTART],
    ['* `kubectl rollout restart deploy/web -n shop`', RESTART],
    ['*kubectl rollout restart deploy/web -n shop*', RESTART],
    ['_kubectl rollout restart deploy/web -n shop_', RESTART],
    ['Run: `kubectl rollout restart deploy/web -n shop`.', RESTART],
    ['&gt; kubectl rollout restart deploy/web -n shop', RESTART],
    ['@firebreak rollout restart deploy/web -n shop', RESTART],
    ['<@U0123> rollout restart deploy/web -n shop', RESTART],
    ['time kubectl rollout restart deploy/web -n shop', RESTART],
    ["bash -c 'kubectl rollout restart deploy/web -n shop'", RESTART],
    ['kubectl rollout restart deploy/web -n shop.', RESTART],
    ['KUBECTL ROLLOUT RESTART DEPLOY/WEB -N SHOP', RESTART],
    ['kubectl rollout restart deploy/web `\n  -n shop', RESTART],
    ['kubectl rollout restart deploy/web ^\r\n  -n shop', RESTART],
    ['kubectl rollout restart deploy/web -n shop && kubectl rollout status deploy/web -n shop', RESTART],
    ['kubectl rollout restart deploy/web -n shop; kubectl get pods -n shop', RESTART],
    ['kubectl rollout restart deploy/web -n shop || true', RESTART],
    ['kubectl rollout restart deploy/web -n shop > /dev/null 2>&1 &', RESTART],
    ['kubectl rollout restart deploy/web -n shop\nkubectl get pods -n shop', RESTART],
  ])('%s', (text, nearest) => {
    expect(parseCommand(text)).toMatchObject({ kind: 'refused', refusal: { nearest } });
  });

  test.each([
    'get pods in shop',
    'do not restart web in shop',
    'restart web in shop and api in prod',
    'restart web in shop because it is slow',
    'restart all deployments in shop',
    'restart everything in shop',
    'restart web in shop; restart api in shop',
    'rollout restart deploy/web shop',
    'rollout restart deploy/web from shop',
    'rollout restart deploy/web @shop',
    'rollout restart deploy/web -ns',
    'scale deploy/web by 2 in shop',
    'scale deploy/web 2 more -n shop',
    'scale deploy/web from 3 to 5 -n shop',
    'scale deploy/web --replicas=5 -n shop to 6',
    'rollout undo deploy/web back 2 -n shop',
    'rollout undo deploy/web -n shop 2 revisions',
    'rollout undo deploy/web -n shop back to yesterday',
    'delete pod web-0 in ns = shop',
    'rollout restart deploy web in n=shop',
    'please label deploy web tier=x in ns=shop',
    'autoscale deploy/web --max=5 -n shop min 2',
    'drain node/worker-1 ignore-daemonsets',
    'rollout restart deploy/web because it leaks',
    'please delete pod web-0 in',
    'delete pod a -n shop web-',
    'rollout undo deploy/web -n shop version before',
    `restart web${' '.repeat(500)}in shop`,
  ])('%s has no command that was surely meant', (text) => {
    const parsed = parseCommand(text);
    const nearest = parsed.kind === 'refused' ? (parsed.refusal.nearest ?? '') : text;
    expect(parseCommand(nearest).kind).toBe('refused');
  });

  test('a reason behind a command that says no namespace is told where it stands', () => {
    const reason = expect.stringContaining('A reason stands behind " -- ".');
    expect(parseCommand('rollout restart deploy/web because it leaks')).toMatchObject({
      kind: 'refused',
      refusal: { reason, nearest: expect.stringContaining('rollout restart') },
    });
  });

  test('an object of such a name is asked for with its namespace', () => {
    expect(read('delete pod web-0 in -n shop')).toBe('kubectl delete pod web-0 in -n shop');
  });
});

const wrappings: readonly [string, (printed: string) => string][] = [
  ['a prompt', (printed) => `$ ${printed}`],
  ['backticks', (printed) => (printed.includes('`') ? printed : `\`${printed}\``)],
  ['a fence', (printed) => (printed.includes('```') ? printed : `\`\`\`sh\n$ ${printed}\n\`\`\``)],
  ['smart quotes', (printed) => `\u201c${printed}\u201d`],
  ['line continuations', (printed) => (/['"]/.test(printed) ? printed : printed.replaceAll(' ', ' \\\n  '))],
];

test.each(wrappings)('every printed command in or with %s reads to the same action', (_name, wrap) => {
  fc.assert(
    fc.property(anyRequest, (given) => {
      const wrapped = wrap(printAction(given));
      expect(parseCommand(wrapped)).toMatchObject({ kind: 'action', action: given });
      expect(readSlashCommand(`${wrapped} -- stuck`)).toMatchObject({ action: given, reason: 'stuck' });
    }),
    { numRuns: casesOf(2_000) },
  );
});

test.each([
  ['never kill pod web-0 in shop', 'never kill pod web-0 -n shop'],
  ['never deploy/web restart in shop', 'never deploy/web restart -n shop'],
  ['never revert web in shop', 'never revert web -n shop'],
  ['kill pod web-0 in shop', 'delete pod web-0 -n shop'],
  ['rollout restart deploy/web -n shop', undefined],
])('words of kubectl take the place of others only where a command begins: %j', (said, meant) => {
  expect(fromSpoken(said)).toBe(meant);
});

test.each(['delete pod\nls', 'rollout restart\n  deploy/web\n  -n shop'])(
  'a line that may be a command of its own is not joined: %j',
  (text) => {
    expect(parseCommand(text)).toMatchObject({ kind: 'refused', refusal: { code: 'several-commands' } });
  },
);
