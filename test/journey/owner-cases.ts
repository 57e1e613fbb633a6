import { expect } from 'vitest';
import { z } from 'zod';
import { customKinds, install, revision } from '../contract/custom-kinds.ts';
import { ownNodes } from '../contract/own-nodes.ts';
import { type AlertCase, crashLoop, eventually, jobStatus } from './alert-cases.ts';
import { failingJob, image, madeBy, neverDue, pod } from './alert-manifests.ts';

/* The same for what has an owner that is no workload: a CronJob, an operator's own object, and a node, which has none. */

const cronJobKind = { apiVersion: 'batch/v1', kind: 'CronJob' };
const json = z.record(z.string(), z.json());

export const ownerCases: readonly AlertCase[] = [
  {
    name: 'two Jobs of one CronJob, and a pod of one of them, are one incident, and one Job is run again',
    play: async (scene, namespace) => {
      await scene.apply(neverDue(namespace, 'nightly'));
      const owner = json.parse(await scene.raw(`/apis/batch/v1/namespaces/${namespace}/cronjobs/nightly`));
      const names = ['nightly-1', 'nightly-2'];
      for (const name of names)
        await scene.apply(madeBy({ ...owner, ...cronJobKind }, failingJob(namespace, name)));
      for (const name of names)
        await eventually(async () => expect(await jobStatus(scene, namespace, name)).toContain('Failed'));
      const [made] = await scene.podsOf(namespace);
      await scene.fire([{ alertname: 'KubeJobFailed', namespace, job_name: 'nightly-1' }]);
      await scene.looked(namespace, 1);
      await scene.fire([
        { alertname: 'KubeJobFailed', namespace, job_name: 'nightly-2' },
        crashLoop(namespace, made?.name ?? ''),
      ]);
      await scene.looked(namespace, 3);
      expect(await scene.roots(namespace)).toHaveLength(1);
      expect((await scene.remediations(namespace)).map(({ command }) => command)).toEqual([
        `kubectl create job nightly-1-again --from=job/nightly-1 -n ${namespace}`,
      ]);
    },
  },
  {
    name: 'crash looping pods of an operator’s object are one incident of that, and nothing is restarted past it',
    play: async (scene, namespace) => {
      await install({ rest: () => scene.rest }, customKinds.Revision);
      await scene.apply({ ...revision('web-00001'), metadata: { name: 'web-00001', namespace } });
      const path = `/apis/serving.knative.dev/v1/namespaces/${namespace}/revisions/web-00001`;
      const owner = json.parse(await scene.raw(path));
      for (const name of ['one', 'two'])
        await scene.apply(madeBy(owner, pod(namespace, name, image(name, 'crash'))));
      await scene.untilWaiting(namespace, 'CrashLoopBackOff');
      await scene.fire([crashLoop(namespace, 'one'), crashLoop(namespace, 'two')]);
      await scene.looked(namespace, 2);
      expect(await scene.remediations(namespace)).toEqual([]);
      expect(await scene.roots(namespace)).toHaveLength(1);
      for (const { no_action } of await scene.incidents(namespace))
        expect(no_action).toContain('belongs to Revision.serving.knative.dev/web-00001');
      expect(await scene.podsOf(namespace)).toHaveLength(2);
    },
  },
  {
    name: 'a node is left alone while it is ready; when it is not, two rules about it are one card to cordon it',
    play: async (scene) => {
      const nodes = ownNodes(() => scene.rest);
      const name = await nodes.add();
      const about = async () =>
        (
          await scene.play
            .knex('incidents')
            .whereRaw(`alert #>> '{labels,node}' = ?`, [name])
            .select('state', 'joined', 'no_action')
        ).filter(({ state }) => state !== 'received');
      const cards = () =>
        scene.play
          .knex('remediations')
          .whereRaw(`data #>> '{action,target,name}' = ?`, [name])
          .select('command');
      await scene.fire([{ alertname: 'KubeNodeNotReady', node: name, condition: 'Ready' }]);
      await eventually(async () =>
        expect(await about()).toMatchObject([{ no_action: expect.stringContaining('It is not so') }]),
      );
      expect(await cards()).toEqual([]);
      await nodes.silence(name);
      await scene.fire([
        { alertname: 'KubeNodeNotReady', node: name, condition: 'Ready', prometheus: 'monitoring/k8s' },
        { alertname: 'KubeNodeUnreachable', node: name },
      ]);
      await eventually(async () => expect(await about()).toHaveLength(3));
      expect((await about()).filter(({ joined }) => joined === null)).toHaveLength(1);
      const [card, ...others] = await cards();
      expect(others).toEqual([]);
      expect(card.command).toBe(`kubectl cordon ${name}`);
    },
  },
];
