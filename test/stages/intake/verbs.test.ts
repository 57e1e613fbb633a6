import { describe, expect, test } from 'vitest';
import type { RefusalCode } from '../../../src/actions/grammar/refusal.ts';
import { notes, read, refusal } from './reading.ts';

describe('understood as', () => {
  test.each([
    ['drain worker-1', 'kubectl drain worker-1'],
    ['drain node/worker-1 --ignore-daemonsets', 'kubectl drain worker-1 --ignore-daemonsets'],
    [
      'kubectl drain worker-1 --delete-local-data --ignore-daemonsets=true --force',
      'kubectl drain worker-1 --ignore-daemonsets --delete-emptydir-data --force',
    ],
    ['drain worker-1 --force=false', 'kubectl drain worker-1'],
    ['taint nodes worker-1 a=b:NoSchedule', 'kubectl taint node worker-1 a=b:NoSchedule'],
    ['taint no/worker-1 example.com/a:NoExecute', 'kubectl taint node worker-1 example.com/a:NoExecute'],
    [
      'taint node worker-1 a- b:NoSchedule- c=:PreferNoSchedule',
      'kubectl taint node worker-1 c:PreferNoSchedule a- b:NoSchedule-',
    ],
    [
      'taint node worker-1 a=b:NoSchedule --overwrite',
      'kubectl taint node worker-1 a=b:NoSchedule --overwrite',
    ],
    ['label pods web-0 tier=front -n shop', 'kubectl label pod/web-0 tier=front -n shop'],
    ['label --overwrite deploy/web a= b- -n shop', 'kubectl label deployment/web a= b- --overwrite -n shop'],
    ['label nodes worker-1 zone=a', 'kubectl label node/worker-1 zone=a'],
    ['label cj nightly team=data -n shop', 'kubectl label cronjob/nightly team=data -n shop'],
    [
      'annotate pods foo description="my frontend" -n shop',
      "kubectl annotate pod/foo 'description=my frontend' -n shop",
    ],
    ['annotate job/x example.com/a- -n shop', 'kubectl annotate job/x example.com/a- -n shop'],
    ['set env deploy/web A=b C- -n shop', 'kubectl set env deployment/web A=b C- -n shop'],
    ['set env deploy web -e A=b -eB=c --env=C- -n shop', 'kubectl set env deployment/web A=b B=c C- -n shop'],
    [
      'set env sts/db -c app,proxy A=b -n shop',
      'kubectl set env statefulset/db A=b --containers=app,proxy -n shop',
    ],
    ['set env ds/agent --containers="*" A=b=c -n shop', 'kubectl set env daemonset/agent A=b=c -n shop'],
    [
      "set env deploy/web 'A=$(POD_IP):80' -n shop",
      "kubectl set env deployment/web 'A=$(POD_IP):80' -n shop",
    ],
    [
      'set resources deploy nginx -c=nginx --limits=memory=512Mi,cpu=200m -n shop',
      'kubectl set resources deployment/nginx --limits=cpu=200m,memory=512Mi --containers=nginx -n shop',
    ],
    [
      'set resources sts/db --limits cpu=0 --requests cpu=0,memory=0 -n shop',
      'kubectl set resources statefulset/db --limits=cpu=0 --requests=cpu=0,memory=0 -n shop',
    ],
    [
      'autoscale deploy foo --min=2 --max=10 -n shop',
      'kubectl autoscale deployment/foo --min=2 --max=10 -n shop',
    ],
    [
      'autoscale sts/db --max=5 --cpu=80% -n shop',
      'kubectl autoscale statefulset/db --max=5 --cpu=80% -n shop',
    ],
    [
      'autoscale deploy/a --max=5 --cpu-percent=80 --name=a -n shop',
      'kubectl autoscale deployment/a --max=5 --cpu=80% -n shop',
    ],
    [
      'suspend cronjob/nightly -n shop',
      `kubectl patch cronjob/nightly -p '{"spec":{"suspend":true}}' -n shop`,
    ],
    ['resume job/import -n shop', `kubectl patch job/import -p '{"spec":{"suspend":false}}' -n shop`],
    ['create job again --from=cj/nightly -n shop', 'kubectl create job again --from=cronjob/nightly -n shop'],
    [
      'kubectl create -n shop job --from job/import again',
      'kubectl create job again --from=job/import -n shop',
    ],
    ['delete job busybox -n shop', 'kubectl delete job busybox -n shop'],
    ['delete jobs.v1.batch/busybox -n shop', 'kubectl delete job busybox -n shop'],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test.each<[string, readonly string[]]>([
    [
      'drain worker-1 --timeout=5m',
      ['--timeout has no effect: Firebreak watches the result by its own verification plan.'],
    ],
    [
      'taint node worker-1 a=b:NoSchedule-',
      ['A taint is taken away by its key and effect, whatever its value.'],
    ],
    [
      'set env deploy/web A=b --overwrite -n a',
      ['--overwrite has no effect: a variable that is there is always replaced.'],
    ],
    ['label node worker-1 a=b -n shop', ['-n has no effect: nodes are in no namespace.']],
  ])('%s, with a note', (text, expected) => {
    expect(notes(text)).toEqual(expected);
  });
});

describe('refused', () => {
  test.each<[string, RefusalCode, string, RegExp]>([
    ['drain a b', 'several-targets', 'b', /^One node at a time/],
    ['drain -l zone=a', 'several-targets', '-l zone=a', /^One node at a time/],
    ['drain node a', 'extra-word', 'node', /without the word for its kind/],
    [
      'drain a --grace-period=0',
      'unsafe-delete',
      '--grace-period=0',
      /evicts with each pod's own grace period/,
    ],
    ['drain a --disable-eviction', 'unsafe-delete', '--disable-eviction', /past their disruption budgets/],
    [
      'drain a --pod-selector=app=b',
      'not-offered',
      '--pod-selector=app=b',
      /a part of its pods cannot be chosen/,
    ],
    [
      'drain a --skip-wait-for-delete-timeout 5',
      'not-offered',
      '--skip-wait-for-delete-timeout 5',
      /already shutting down/,
    ],
    ['drain a --force=perhaps', 'flag-value', '--force=perhaps', /true or false/],
    ['cordon a --force', 'unsafe-delete', '--force', /^A forced deletion/],
    ['taint node a', 'bad-pair', '', /needs KEY=VALUE:EFFECT/],
    ['taint node a b=c', 'bad-pair', 'b=c', /needs an effect after ":"/],
    ['taint node a b=c:Never', 'bad-pair', 'Never', /"Never" is not an effect/],
    ['taint node a "b c:NoSchedule"', 'bad-pair', 'b c', /cannot be the key of a taint/],
    ['taint node a b=-c:NoSchedule', 'bad-pair', '-c', /cannot be the value of a taint/],
    ['taint node a b:NoSchedule b-', 'bad-pair', 'b-', /given twice/],
    ['taint node a b c:NoSchedule', 'several-targets', 'b', /^One node at a time/],
    ['taint pod a b:NoSchedule', 'kind-not-allowed', 'pod', /works on Node, not on Pod/],
    [
      'taint node --all b:NoSchedule',
      'several-targets',
      '--all',
      /^Everything at once is never one repair; name what is meant/,
    ],
    ['label pod a', 'bad-pair', '', /^"label" needs KEY=VALUE or KEY-/],
    ['label pod a b=c b-', 'bad-pair', 'b-', /given twice/],
    ['label pod a "b c=d"', 'bad-pair', 'b c', /cannot name a label/],
    ["label pod a b='c d'", 'bad-pair', 'c d', /cannot be the value of a label/],
    ['label pod a b=<c>', 'placeholder', '<c>', /to fill in/],
    ["annotate pod a b='<c>'", 'placeholder', '<c>', /to fill in/],
    [`annotate pod a b=${'c'.repeat(513)}`, 'bad-pair', 'c'.repeat(513), /at most 512/],
    ['label nodes a b c=d', 'several-targets', 'b', /^One node at a time/],
    ['label ns shop a=b', 'kind-not-allowed', 'ns', /Whole namespaces/],
    [
      'label pod a b=c --resource-version=1',
      'not-offered',
      '--resource-version=1',
      /by what the card has shown/,
    ],
    ['label pod a --list', 'reads-only', '--list', /only reads/],
    [
      'annotate pod --all a=b',
      'several-targets',
      '--all',
      /or choose it by label \(-l\) where a command takes several\.$/,
    ],
    ['annotate -f pod.json a=b', 'file', '-f pod.json', /reads no files/],
    ['set env deploy/web', 'bad-pair', '', /needs VARIABLE=VALUE or VARIABLE-/],
    ['set env deploy/web -', 'file', '-', /no input to read/],
    ['set env deploy/web 1A=b', 'bad-pair', '1A', /cannot name a variable/],
    ['set env deploy/web -e', 'flag-value', '-e', /needs VARIABLE=VALUE/],
    ['set env deploy/web -e A', 'bad-pair', 'A', /is not VARIABLE=VALUE/],
    [
      'set env deploy/web --from=secret/a',
      'not-offered',
      '--from=secret/a',
      /put the reference into the manifest/,
    ],
    ['set env deploy/web --list', 'reads-only', '--list', /only reads/],
    ['set env deploy/web A=b --overwrite=false', 'not-offered', '--overwrite=false', /always replaced/],
    ['set env deploy/web A=b -c "c*"', 'flag-value', '-c "c*"', /names of containers/],
    ['set env pod/web A=b', 'kind-not-allowed', 'pod', /not on Pod/],
    ['set resources deploy/web', 'flag-missing', '', /--limits or --requests/],
    ['set resources deploy/web --limits=cpu', 'flag-value', 'cpu', /"" is not a quantity/],
    ['set resources deploy/web --limits=cpu=1,gpu=1', 'flag-value', 'gpu=1', /what can is cpu, memory/],
    ['set resources deploy/web --limits=cpu=1,cpu=2', 'flag-value', 'cpu=2', /given twice/],
    ['set resources deploy/web --limits=memory=1e9', 'flag-value', 'memory=1e9', /not a quantity/],
    ['set resources deploy/web --limits "cpu=1,memory=x y"', 'flag-value', 'memory=x y', /not a quantity/],
    ['autoscale deploy/web', 'flag-missing', '', /needs --max/],
    ['autoscale deploy/web --min=3 --max=2', 'flag-value', '--min=3', /above --max/],
    ['autoscale deploy/web --min=0 --max=2', 'flag-value', '--min=0', /from 1/],
    ['autoscale deploy/web --max=2 --cpu=500m', 'flag-value', '--cpu=500m', /percent of the requested/],
    ['autoscale deploy/web --max=2 --cpu=80', 'flag-value', '--cpu=80', /--cpu=80%/],
    [
      'autoscale deploy/web --max=2 --cpu=80% --cpu-percent=80',
      'flag-repeated',
      '--cpu-percent=80',
      /give one/,
    ],
    ['autoscale deploy/web --max=2 --memory=70%', 'not-offered', '--memory=70%', /processor time/],
    ['autoscale deploy/web --max=2 --name=other', 'not-offered', '--name=other', /leave --name out/],
    ['autoscale deploy -l a=b --max=2', 'several-targets', '-l a=b', /takes exactly one object/],
    ['autoscale ds/web --max=2', 'kind-not-allowed', 'ds', /not on DaemonSet/],
    ['suspend deploy/web', 'kind-not-allowed', 'suspend', /for a Deployment it is "rollout pause"/],
    ['suspend sts/db', 'kind-not-allowed', 'sts', /works on CronJob or Job/],
    ['create job a', 'flag-missing', '', /needs --from=cronjob\/NAME/],
    ['create job a --from=nightly', 'flag-value', '--from=nightly', /such as cronjob\/NAME/],
    ['create job a --from=deploy/web', 'kind-not-allowed', 'deploy', /works on CronJob or Job/],
    ['create job --from=cronjob/a', 'missing-target', '', /needs the new Job's name/],
    ['create job A --from=cronjob/a', 'bad-name', 'A', /cannot name a Job/],
    ['create job a b --from=cronjob/a', 'extra-word', 'b', /one word too many/],
    [
      'rollout restart deploy/web because it leaks',
      'extra-word',
      'because',
      /too many here\. A reason stands behind " -- "\./,
    ],
    [
      'rollout restart deploy web - it leaks',
      'bad-name',
      '-',
      /^"-" is no name\. A reason stands behind " -- "\.$/,
    ],
    ['create job a --image=busybox', 'not-offered', '--image=busybox', /starts no images/],
    ['create deployment a --image=b', 'outside-set', 'create', /"create job NAME --from/],
    ['delete cronjob a', 'kind-not-allowed', 'cronjob', /"suspend" stops it/],
    ['delete deployment a', 'kind-not-allowed', 'deployment', /"scale" to 0 stops it/],
    ['delete pvc --all', 'kind-not-allowed', 'pvc', /they hold data/],
    ['delete job a --cascade=orphan', 'not-offered', '--cascade=orphan', /a Job's pods go with it/],
    ['apply -f web.yaml', 'outside-set', 'apply', /applies no manifests/],
  ])('%s', (text, code, under, reason) => {
    expect(refusal(text)).toMatchObject({ code, under, reason: expect.stringMatching(reason) });
  });
});

describe('the nearest form', () => {
  test.each([
    ['drian worker-1', 'kubectl drain worker-1'],
    [
      'rollout restart deploy/web -n shop because it leaks more than it should',
      'kubectl rollout restart deployment/web -n shop',
    ],
    ['rollout restart deploy web -n shop - it leaks', 'kubectl rollout restart deployment/web -n shop'],
    [
      'rollout restart deploy/web because it leaks a lot -n shop',
      'kubectl rollout restart deployment/NAME -n NAMESPACE',
    ],
    [
      'rollout undo deploy/web -n shop 3 was the good one',
      'kubectl rollout undo deployment/web --to-revision=3 -n shop',
    ],
    ['drain worker-1 --grace-period=0 --ignore-daemonset', 'kubectl drain worker-1 --ignore-daemonsets'],
    ['taint node a b=c:noschedule', 'kubectl taint node a b=c:NoSchedule'],
    ['taint node a b=c', 'kubectl taint node NAME KEY=VALUE:NoSchedule'],
    ['label node a', 'kubectl label node NAME KEY=VALUE'],
    ['label pod a --all', 'kubectl label pod NAME KEY=VALUE -n NAMESPACE'],
    ['resume deploy/web -n shop', 'kubectl rollout resume deployment/web -n shop'],
    ['suspend cronjob', 'suspend cronjob/NAME -n NAMESPACE'],
    ['autoscale deploy/web --max=3 --name=other -n shop', 'kubectl autoscale deployment/web --max=3 -n shop'],
    ['delete job', 'kubectl delete job NAME -n NAMESPACE'],
    ['annotate pod a b=c --resource-version=1 -n shop', 'kubectl annotate pod/a b=c -n shop'],
    ['set envs deploy/web A=b -n shop', 'kubectl set env deployment/web A=b -n shop'],
  ])('%s', (text, nearest) => {
    expect(refusal(text)).toMatchObject({ nearest });
  });
});
