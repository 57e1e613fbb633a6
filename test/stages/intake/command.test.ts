import { describe, expect, test } from 'vitest';
import type { RefusalCode } from '../../../src/actions/grammar/refusal.ts';
import { printAction } from '../../../src/actions/print.ts';
import { parseCommand } from '../../../src/stages/intake/command.ts';

/** The canonical form of what was understood, or the refusal's code. */
function read(text: string): string {
  const parsed = parseCommand(text);
  return parsed.kind === 'action' ? printAction(parsed.action) : `refused: ${parsed.refusal.code}`;
}

function nearest(text: string): string | undefined {
  const parsed = parseCommand(text);
  return parsed.kind === 'refused' ? parsed.refusal.nearest : undefined;
}

const RESTART = 'kubectl rollout restart deployment/web -n shop';
const SCALE = 'kubectl scale deployment/web --replicas=3 -n shop';
const HEX = '0f3c'.repeat(16);

describe('every verb with every kind that kubectl and the domain allow', () => {
  test.each([
    ['kubectl rollout restart deployment/web -n shop', RESTART],
    ['kubectl rollout restart sts/db -n shop', 'kubectl rollout restart statefulset/db -n shop'],
    ['kubectl rollout restart ds/agent -n shop', 'kubectl rollout restart daemonset/agent -n shop'],
    ['kubectl rollout undo deploy/web -n shop', 'kubectl rollout undo deployment/web -n shop'],
    ['kubectl rollout undo sts/db -n shop', 'kubectl rollout undo statefulset/db -n shop'],
    [
      'kubectl rollout undo ds/agent --to-revision=4 -n shop',
      'kubectl rollout undo daemonset/agent --to-revision=4 -n shop',
    ],
    ['kubectl rollout pause deploy/web -n shop', 'kubectl rollout pause deployment/web -n shop'],
    ['kubectl rollout resume deploy/web -n shop', 'kubectl rollout resume deployment/web -n shop'],
    ['kubectl scale deploy/web --replicas=3 -n shop', SCALE],
    ['kubectl scale sts/db --replicas=0 -n shop', 'kubectl scale statefulset/db --replicas=0 -n shop'],
    [
      'kubectl scale deploy/web --replicas=3 --current-replicas=2 -n shop',
      'kubectl scale deployment/web --replicas=3 --current-replicas=2 -n shop',
    ],
    [
      'kubectl set image deploy/web app=registry.example/app:1.2 -n shop',
      'kubectl set image deployment/web app=registry.example/app:1.2 -n shop',
    ],
    [
      `kubectl set image sts/db pg=postgres@sha256:${HEX} sidecar=s:2 -n shop`,
      `kubectl set image statefulset/db pg=postgres@sha256:${HEX} sidecar=s:2 -n shop`,
    ],
    ['kubectl set image ds agent a=b:1 -n shop', 'kubectl set image daemonset/agent a=b:1 -n shop'],
    ['kubectl delete pod web-0 -n shop', 'kubectl delete pod web-0 -n shop'],
    ['kubectl cordon worker-1.example', 'kubectl cordon worker-1.example'],
    ['kubectl uncordon worker-1', 'kubectl uncordon worker-1'],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });
});

describe('the ways people type the same restart', () => {
  test.each([
    'kubectl rollout restart deployment/web -n shop',
    'rollout restart deployment/web -n shop',
    'k rollout restart deployment/web -n shop',
    'Kubectl Rollout restart deployment/web -n shop',
    'kubectl -n shop rollout restart deployment/web',
    '--namespace=shop rollout restart deployment/web',
    'kubectl rollout -n shop restart deployment/web',
    'kubectl rollout restart -n shop deployment/web',
    'kubectl rollout restart deployment -n shop web',
    'kubectl rollout restart deployment/web -nshop',
    'kubectl rollout restart deployment/web -n=shop',
    'kubectl rollout restart deployment/web --namespace shop',
    'kubectl rollout restart deployment/web --namespace=shop',
    'kubectl rollout restart deployment/web "-n" \'shop\'',
    'kubectl rollout restart deployment web -n shop',
    'kubectl rollout restart deployments web -n shop',
    'kubectl rollout restart deploy web -n shop',
    'kubectl rollout restart deploy/web -n shop',
    'kubectl rollout restart Deployment/web -n shop',
    'kubectl rollout restart deployments.apps/web -n shop',
    'kubectl rollout restart deployment.v1.apps/web -n shop',
    'kubectl rollout restart deploy.apps web -n shop',
    "kubectl rollout restart deploy/'web' -n shop",
    'kubectl rollout restart "deploy/web" -n "shop"',
    '  kubectl   rollout\trestart deploy/web  -n shop \n',
  ])('%j', (text) => {
    expect(read(text)).toBe(RESTART);
  });

  test.each([
    'scale deploy/web --replicas=3 -n shop',
    'scale deploy/web --replicas 3 -n shop',
    'scale --replicas=3 deploy/web -n shop',
    'scale --replicas 3 deploy web -n shop',
    'kubectl --replicas=3 scale deploy/web -n shop',
    'kubectl -n shop --replicas 3 scale deployment web',
    'scale deploy/web -n shop --replicas="3"',
  ])('%j', (text) => {
    expect(read(text)).toBe(SCALE);
  });

  test.each([
    ['kubectl delete pods web-0 -n shop', 'kubectl delete pod web-0 -n shop'],
    ['kubectl delete po/web-0 -n shop', 'kubectl delete pod web-0 -n shop'],
    ['kubectl delete Pod/web-0 -n shop', 'kubectl delete pod web-0 -n shop'],
    ['kubectl cordon node/worker-1', 'kubectl cordon worker-1'],
    ['kubectl uncordon no/worker-1', 'kubectl uncordon worker-1'],
    ['kubectl set image a=b:1 deploy/web c=d:2', 'kubectl set image deployment/web a=b:1 c=d:2 -n default'],
    ['kubectl delete pod rollout', 'kubectl delete pod rollout -n default'],
    [
      'kubectl scale deploy grayscale-api --replicas=1',
      'kubectl scale deployment/grayscale-api --replicas=1 -n default',
    ],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });
});

describe('notes say what was assumed and what has no effect', () => {
  function notes(text: string): readonly string[] {
    const parsed = parseCommand(text);
    return parsed.kind === 'action' ? parsed.notes : [];
  }

  test.each<[string, readonly string[]]>([
    ['delete pod web-0 -n shop', []],
    ['cordon worker-1', []],
    ['delete pod web-0', ['No namespace given: "default" is meant.']],
    ['cordon worker-1 -n shop', ['-n has no effect: nodes are in no namespace.']],
    ['delete pod web-0 -n a -o name', ['-o has no effect: it only changes what kubectl prints.']],
    [
      'delete pod web-0 -n a --wait=false --timeout 5s',
      [
        '--wait has no effect: Firebreak watches the result by its own verification plan.',
        '--timeout has no effect: Firebreak watches the result by its own verification plan.',
      ],
    ],
    [
      'scale deploy/web --replicas=3 -n a --record',
      ['--record has no effect: Firebreak keeps its own record of every change.'],
    ],
    [
      'delete pod web-0 -n a --ignore-not-found',
      ['--ignore-not-found has no effect: Firebreak says so when the object is not there.'],
    ],
  ])('%s', (text, expected) => {
    expect(parseCommand(text).kind).toBe('action');
    expect(notes(text)).toEqual(expected);
  });
});

describe('refused, never guessed', () => {
  test.each<[string, RefusalCode]>([
    ['', 'empty'],
    [' \n ', 'empty'],
    ['kubectl', 'empty'],
    ['kubectl -n shop', 'empty'],
    ['x'.repeat(50_000), 'unknown-verb'],
    ['x'.repeat(50_001), 'too-long'],
    ['delete pod a | tee log', 'several-commands'],
    ['delete pod a ; delete pod b', 'several-commands'],
    ['delete pod a; delete pod b', 'several-commands'],
    ['delete pod a && delete pod b', 'several-commands'],
    ['delete pod a || true', 'several-commands'],
    ['delete pod a &', 'several-commands'],
    ['delete pod a\ndelete pod b', 'several-commands'],
    ['delete pod a\\\n-n shop', 'character'],
    ['delete pod a \\ -n shop', 'character'],
    ['delete pod a\nls', 'several-commands'],
    ['delete pod a\n- b', 'several-commands'],
    ['rollout\nresume deploy/web', 'several-commands'],
    ['delete pod a `b`', 'substitution'],
    ['`delete pod a` `delete pod b`', 'substitution'],
    ['```\ndelete pod a\ndelete pod b\n```', 'several-commands'],
    ['delete pod a \u2013x', 'not-ascii'],
    ['delete pod \u201ca\u201d', 'not-ascii'],
    ['cordon <http://a.example|b.example>', 'placeholder'],
    ['(delete pod a)', 'several-commands'],
    ['get pods && delete pod b', 'several-commands'],
    ['delete pod $POD', 'substitution'],
    ['delete pod $(cat name)', 'substitution'],
    ['delete pod `cat name`', 'substitution'],
    ['delete pod "$POD"', 'substitution'],
    ["delete pod '$POD'", 'bad-name'],
    ['delete pod a > log', 'redirection'],
    ['delete pod a 2>/dev/null', 'redirection'],
    ['delete pod < name', 'redirection'],
    ['delete pod <name>', 'placeholder'],
    ['delete pod [name]', 'placeholder'],
    ['delete pod {name}', 'placeholder'],
    ['delete pod {{.name}}', 'placeholder'],
    ['delete pod web-*', 'glob'],
    ['delete pod web-?', 'glob'],
    ['delete pod a # stuck', 'comment'],
    ['delete pod "a b"', 'bad-name'],
    ['delete pod "a', 'quote'],
    ["delete pod 'a", 'quote'],
    ['delete pod a\u0000', 'control-character'],
    ['delete pod a\u001b[31m', 'control-character'],
    ['delete pod w\u0435b', 'not-ascii'],
    ['delete pod a\u202eb', 'not-ascii'],
    ['delete pod \ud800', 'not-ascii'],
    ['delete pod a%20b', 'bad-name'],
    ['delete pod a~b', 'character'],
    ['/usr/bin/kubectl delete pod a', 'not-kubectl'],
    ['KUBECONFIG=prod kubectl delete pod a', 'not-kubectl'],
    ['explode deploy/web', 'unknown-verb'],
    ['restart deploy/web', 'unknown-verb'],
    ['rollout', 'unknown-verb'],
    ['rollout begin deploy/web', 'unknown-verb'],
    ['constructor', 'unknown-verb'],
    ['get pods', 'reads-only'],
    ['rollout status deploy/web', 'reads-only'],
    ['kubectl --context prod get pods', 'reads-only'],
    ['apply -f web.yaml', 'outside-set'],
    ['exec -it web-0 -- sh', 'outside-set'],
    ['set sa deploy/web bot', 'outside-set'],
    ['config use-context prod', 'local-only'],
    ['help', 'help'],
    ['delete pod --help', 'help'],
    ['delete pod a --frobnicate', 'unknown-flag'],
    ['delete pod a -z', 'unknown-flag'],
    ['delete pod a -Ai', 'unknown-flag'],
    ['delete pod a -- b', 'unknown-flag'],
    ['delete pod a -namespace shop', 'unknown-flag'],
    ['rollout restart deploy/web --replicas=3', 'flag-of-other-verb'],
    ['scale deploy/web --replicas=1 --to-revision=2', 'flag-of-other-verb'],
    ['delete pod a -n b -n c', 'flag-repeated'],
    ['delete pod a -n b --namespace b', 'flag-repeated'],
    ['delete pod a -n', 'flag-value'],
    ['delete pod a --namespace=', 'flag-value'],
    ['delete pod a -n Shop', 'flag-value'],
    ['delete pod a -n --wait', 'flag-value'],
    ['scale deploy/web --replicas=three', 'flag-value'],
    ['scale deploy/web --replicas=-1', 'flag-value'],
    ['scale deploy/web --replicas -1', 'flag-value'],
    ['scale deploy/web --replicas=03', 'flag-value'],
    ['scale deploy/web --replicas=0x3', 'flag-value'],
    ['scale deploy/web --replicas=1.5', 'flag-value'],
    ['scale deploy/web --replicas=2147483648', 'flag-value'],
    ['scale deploy/web --replicas=2 --current-replicas=-1', 'flag-value'],
    ['rollout undo deploy/web --to-revision=0', 'flag-value'],
    ['scale deploy/web', 'flag-missing'],
    ['scale deploy/web 3', 'extra-word'],
    ['delete pod a --context prod', 'other-cluster'],
    ['delete pod a --kubeconfig=prod', 'other-cluster'],
    ['delete pod a -s https://api', 'other-cluster'],
    ['delete pod a --as root', 'other-identity'],
    ['delete pod a --token abc', 'other-identity'],
    ['delete pod a --dry-run', 'dry-run'],
    ['delete pod a --dry-run=server', 'dry-run'],
    ['delete pod a --force', 'unsafe-delete'],
    ['delete pod a --grace-period=0', 'unsafe-delete'],
    ['delete pod a --grace-period 30', 'unsafe-delete'],
    ['delete pod a --now', 'unsafe-delete'],
    ['delete pods --all', 'several-targets'],
    ['delete pods -A', 'several-targets'],
    ['delete pod a -l app=web', 'several-targets'],
    ['cordon --selector=zone=a', 'several-targets'],
    ['autoscale deploy a b --max=3', 'several-targets'],
    ['delete pod/a job/b', 'several-targets'],
    ['delete pod a a', 'extra-word'],
    ['delete pod,svc a', 'several-targets'],
    ['cordon a b', 'several-targets'],
    ['delete -f pod.yaml', 'file'],
    ['scale deploy/web --replicas=1 --resource-version=7', 'not-offered'],
    ['delete pod a --cascade=orphan', 'not-offered'],
    ['set image deploy/web a=b --local', 'not-offered'],
    ['rollout restart widget/web', 'unknown-kind'],
    ['rollout restart web', 'unknown-kind'],
    ['rollout restart constructor/web', 'unknown-kind'],
    ['rollout restart pod/web-0', 'kind-not-allowed'],
    ['rollout pause sts/db', 'kind-not-allowed'],
    ['scale rs/web-5d4 --replicas=2', 'kind-not-allowed'],
    ['scale rc/web --replicas=2', 'kind-not-allowed'],
    ['scale ds/agent --replicas=2', 'kind-not-allowed'],
    ['set image pod/web-0 a=b', 'kind-not-allowed'],
    ['delete deployment web', 'kind-not-allowed'],
    ['delete ns shop', 'kind-not-allowed'],
    ['rollout restart deployment.v1beta1.extensions/web', 'kind-not-allowed'],
    ['rollout restart', 'missing-target'],
    ['rollout restart deployment', 'missing-target'],
    ['rollout restart deployment -n shop', 'missing-target'],
    ['cordon', 'missing-target'],
    ['rollout restart deploy/web now', 'extra-word'],
    ['cordon node worker-1', 'extra-word'],
    ['rollout restart deploy/', 'bad-name'],
    ['rollout restart deploy/a/b', 'bad-name'],
    ['delete pod Web-0', 'bad-name'],
    ['delete pod NAME', 'bad-name'],
    ['delete pod web_0', 'bad-name'],
    [`delete pod ${'a'.repeat(254)}`, 'bad-name'],
    ['set image deploy/web', 'bad-image'],
    ['set image deploy/web app=', 'bad-image'],
    ['set image deploy/web =b:1', 'bad-image'],
    ['set image deploy/web a=b:1 a=b:2', 'bad-image'],
    ['set image deploy/web a=b=c', 'bad-image'],
    ['set image deploy/web web=UPPER/IMG:::x', 'bad-image'],
    ['set image deploy/web web=team/Web:1', 'bad-image'],
    ['set image deploy/web web=web@sha256:0f3c', 'bad-image'],
  ])('%j: %s', (text, code) => {
    expect(read(text)).toBe(`refused: ${code}`);
  });
});

describe('the nearest valid form', () => {
  test.each<[string, string | undefined]>([
    ['kubectl rolout restart deploy/web -n shop', RESTART],
    ['kubectl restart deploy/web -n shop', RESTART],
    ['kubectl rollout restrat deploy/web -n shop', RESTART],
    ['kubectl rollout restart deploymnt/web -n shop', RESTART],
    ['kubectl rollout restart web -n shop', RESTART],
    ['kubectl rollout restart deploy/web --namspace=shop', RESTART],
    ['kubectl rollout restart deploy/web -namespace shop', RESTART],
    ['kubectl rollout restart deploy/web -n shop # flaky', RESTART],
    ['kubectl rollout restart deploy/web \u2014namspace shop', RESTART],
    ['kubectl rollout restart \u201cdeploy/web\u201d -n \u2018shop\u2019', RESTART],
    ['kubectl\u00a0rollout restart deploy/web -n\u200b shop', RESTART],
    ['rollout restart deploy/web\\\n-n shop', RESTART],
    ['rollout restart deploy/web \\ -n shop', RESTART],
    ['cordon <http://a.example|b.example>', 'kubectl cordon b.example'],
    ['kubectl scael deploy/web --relicas=3 -n shop', SCALE],
    // What is offered would run, and that is what was not wanted.
    [
      'kubectl scale deploy/web --replicas=3 -n shop --dry-run=client',
      'kubectl scale deployment/NAME --replicas=COUNT -n NAMESPACE',
    ],
    ['kubectl delete pod a -n b --force --grace-period=0', 'kubectl delete pod a -n b'],
    ['kubectl cordon node worker-1', 'kubectl cordon worker-1'],
    ['./kubectl cordon worker-1', 'kubectl cordon worker-1'],
    // Where the missing part cannot be known, the form shows what to fill in.
    ['kubectl delete pod', 'kubectl delete pod NAME -n NAMESPACE'],
    ['kubectl delete pod --all', 'kubectl delete pod NAME -n NAMESPACE'],
    ['kubectl delete job', 'kubectl delete job NAME -n NAMESPACE'],
    [
      'kubectl -n $NS scale deploy/web --replicas=1',
      'kubectl scale deployment/NAME --replicas=COUNT -n NAMESPACE',
    ],
    [
      'kubectl -n <ns> scale deploy/<x> --replicas=1',
      'kubectl scale deployment/NAME --replicas=COUNT -n NAMESPACE',
    ],
    // Another cluster or another letter is never explained away.
    ['kubectl delete pod a --context prod', 'kubectl delete pod NAME -n NAMESPACE'],
    ['kubectl delete pod w\u0435b', 'kubectl delete pod NAME -n NAMESPACE'],
    ['kubectl get pods', undefined],
    ['explode', undefined],
  ])('%s', (text, expected) => {
    expect(parseCommand(text).kind).toBe('refused');
    expect(nearest(text)).toBe(expected);
  });
});
