import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { deployment } from '../../src/simulator/workloads.ts';
import { type SlackDouble, startSlackDouble } from '../adapters/slack/double/start.ts';
import { canWalk, contentOf, type Image, runContainer, sizeOf, walkDockerfile } from '../image/walk.ts';
import { doings } from '../journey/play.ts';
import { cloneDatabase } from '../support/database.ts';
import { hangGuard } from '../support/hang-guard.ts';
import { freshNamespace, kubectl } from './oracle.ts';
import { freePort } from './ports.ts';

/* deploy/ as it is applied, and the image as it is built: one remediation by it, with the rights of deploy/ and no others. */

const overlay = (name: string) => resolve(import.meta.dirname, '../../deploy/overlays', name);

const deployed = z.object({ items: z.array(z.object({ kind: z.string() })) });

let shop: string;
let slack: SlackDouble;
let database: Awaited<ReturnType<typeof cloneDatabase>>;
let image: Image | undefined;

beforeAll(async () => {
  shop = await freshNamespace('deployed');
  [slack, database] = await Promise.all([startSlackDouble(), cloneDatabase()]);
  const rendered = await kubectl(['kustomize', overlay('example')]);
  await kubectl(['apply', '-f', '-'], rendered.replace('namespace: shop', `namespace: ${shop}`));
  await kubectl(['label', 'namespace', 'firebreak', 'pod-security.kubernetes.io/enforce=restricted']);
  const web = deployment({ name: 'web', namespace: shop, replicas: 2, image: 'registry.example/web:1.0.0' });
  await kubectl(['apply', '-f', '-'], JSON.stringify(web));
  await kubectl(['rollout', 'status', 'deployment/web', '-n', shop, '--timeout=300s']);
});

afterAll(async () => {
  await image?.remove();
  await slack?.close();
  await database?.drop();
  await kubectl(['delete', 'deployment,poddisruptionbudget,service', '--all', '-n', 'firebreak']);
});

test('two replicas come up under restricted pod security, and one of them may be evicted', async () => {
  const secret = ['secret', 'generic', 'firebreak', '-n', 'firebreak', '--from-literal=SLACK_BOT_TOKEN=x'];
  await kubectl(['create', ...secret]);
  await kubectl(['rollout', 'restart', 'deployment/firebreak', '-n', 'firebreak']);
  await kubectl(['rollout', 'status', 'deployment/firebreak', '-n', 'firebreak', '--timeout=300s']);
  const spare = ['get', 'poddisruptionbudget/firebreak', '-n', 'firebreak'];
  await expect
    .poll(() => kubectl([...spare, '--output=jsonpath={.status.disruptionsAllowed}']), { timeout: hangGuard })
    .toBe('1');
  const policy = ['get', 'configmap/firebreak', '-n', 'firebreak', '--output=jsonpath={.data.policy\\.yaml}'];
  expect(await kubectl(policy)).toContain('approvers:');
});

test.each([
  ['monitoring', 'ServiceMonitor'],
  ['two-roles', 'Deployment'],
])('the overlay %s renders to what the API server takes', async (name, has) => {
  await kubectl(['apply', '-f', resolve(import.meta.dirname, 'prometheus-operator.yaml')]);
  const rendered = await kubectl(['kustomize', overlay(name)]);
  const own = rendered.replace('namespace: shop', `namespace: ${shop}`);
  await expect
    .poll(() => kubectl(['apply', '--dry-run=server', '-o', 'json', '-f', '-'], own), { timeout: hangGuard })
    .toSatisfy((text) => deployed.parse(JSON.parse(String(text))).items.some(({ kind }) => kind === has));
});

/** What the kubelet mounts. */
async function mountAccount({ root }: Image): Promise<void> {
  const folder = join(root, 'var/run/secrets/kubernetes.io/serviceaccount');
  await mkdir(folder, { recursive: true });
  await mkdir(join(root, 'etc/firebreak'), { recursive: true });
  const token = await kubectl(['create', 'token', 'firebreak', '-n', 'firebreak']);
  await writeFile(join(folder, 'token'), token.trim());
  await writeFile(join(folder, 'ca.crt'), inject('controlPlane').ca);
  await writeFile(join(folder, 'namespace'), 'firebreak');
  await writeFile(
    join(root, 'etc/firebreak/policy.yaml'),
    `version: 1\nnamespaces: { production: [${shop}] }\napprovers:\n  human: { users: [U0BOB] }\n  dual: { users: [U0BOB, U0CAROL] }\n`,
  );
}

test.runIf(canWalk())('the image repairs a Deployment, with nothing that can be written', async () => {
  image = await walkDockerfile();
  expect(await contentOf(image.root, 'app')).toEqual([
    'dist',
    'migrations',
    'node_modules',
    'package-lock.json',
    'package.json',
    'src',
  ]);
  console.info(`image: ${Math.round((await sizeOf(image.root)) / 1e6)} MB, without its base of 25 MB`);
  await mountAccount(image);
  const { hostname, port } = new URL(inject('controlPlane').url);
  const { botToken, appToken } = slack.workspace;
  const container = runContainer(image, {
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
    POD_NAMESPACE: 'firebreak',
    FIREBREAK_POLICY: '/etc/firebreak/policy.yaml',
    FIREBREAK_CHANNEL: 'C0OPS',
    DATABASE_URL: database.url,
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: botToken,
    SLACK_APP_TOKEN: appToken,
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
  });
  try {
    await slack.untilConnected();
    const people = doings(slack);
    const number = await people.ask('U0ALICE', `rollout restart deployment/web -n ${shop}`);
    const card = await people.card(number, 'Approval needed');
    const told = await people.click('U0BOB', card, 'approve');
    // What a look of three seconds has not seen asks for a second person.
    if (told.includes('1 of 2')) await people.click('U0CAROL', card, 'approve');
    await people.card(number, 'Verified');
    expect(await container.exec(image.healthcheck)).toMatchObject({ code: 0 });
    const [node = '', ...flags] = image.command.slice(0, -1);
    const doctor = await container.exec([
      node,
      ...flags,
      'src/cli.ts',
      'doctor',
      '-n',
      shop,
      '-n',
      'default',
    ]);
    for (const line of [
      'Everything that is judged by can be read.',
      `Everything may be done in namespace ${shop}.`,
      'The bot is in the channel C0OPS.',
      'Intact: ',
      'In namespace default it may not patch deployments.apps, patch statefulsets.apps,',
      'Nothing is wrong.',
    ])
      expect(doctor.stdout).toContain(line);
    expect(doctor.code).toBe(0);
    expect(container.printed()).not.toContain('@kubernetes/client-node');
  } catch (fault) {
    throw new Error(`The container printed:\n${container.printed().slice(-3000)}`, { cause: fault });
  }
  expect(await container.stop()).toBe(0);
});
