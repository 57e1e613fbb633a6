import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deploymentFacts, podFact } from '../fixtures/facts.ts';
import { folderOf } from '../fixtures/playbooks.ts';
import { firebreak } from './firebreak.ts';

const examples = join(import.meta.dirname, '../../examples/playbooks');
const schema = join(import.meta.dirname, '../../examples/policy.schema.json');
const payload = join(
  import.meta.dirname,
  '../fixtures/payloads/alertmanager-v4-pods-crash-looping-firing.json',
);

const factsFile = (ready: boolean): string => {
  const folder = folderOf({});
  const pod = ready
    ? podFact('web-0')
    : podFact('web-0', { ready: false, restarts: 7, waiting: 'CrashLoopBackOff' });
  const file = join(folder, 'facts.json');
  writeFileSync(
    file,
    JSON.stringify(deploymentFacts({ pods: [pod] }, { namespace: { name: 'shop', labels: {} } })),
  );
  return file;
};

test('check is content with the playbooks that come with Firebreak', async () => {
  const { code, stdout, stderr } = await firebreak(['playbook', 'check', examples]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^\d+ valid playbooks: cordon-unready-node, /);
});

test('check names file, line and key of all that is wrong', async () => {
  const folder = folderOf({
    'a.yaml': 'version: 1\nname: a\ndescription: d\nmatch: { labels: { alertname: A } }\naction: nonsense\n',
    'b.yaml':
      'version: 1\nname: b\ndescription: d\nmatch: { labels: { alertname: A } }\nsteps: []\nstep: 1\n',
  });
  const { code, stdout, stderr } = await firebreak(['playbook', 'check', folder]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/a\.yaml:5:9: action: /);
  expect(stderr).toMatch(/b\.yaml:6:1: the document: unknown key "step"; did you mean "steps"\?/);
});

test.each([
  ['no verb', ['playbook']],
  ['no file to check', ['playbook', 'check']],
  ['no payload to try', ['playbook', 'try']],
])('%s is refused', async (_name, args) => {
  const { code, stdout, stderr } = await firebreak(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('playbook');
});

describe('try', () => {
  const trying = (file: string, ...more: string[]) =>
    firebreak(['playbook', 'try', payload, '--playbooks', examples, '--facts', file, ...more]);

  test('says which playbook matches, why others do not, the claim, the command and the tier', async () => {
    const { code, stdout, stderr } = await trying(factsFile(false));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^KubePodCrashLooping \(firing\)\n {2}Playbook: restart-crash-looping\n/);
    expect(stdout).toMatch(
      /Not undo-stuck-rollout: Of its labels, alertname is "KubePodCrashLooping"; it must be/,
    );
    expect(stdout).toMatch(
      /Claim: The alert says of Deployment\/\S+ in shop that a pod of it is crash looping\. Pod\/web-0 is in/,
    );
    expect(stdout).toMatch(/Would propose: kubectl rollout restart deployment\/\S+/);
    expect(stdout).toMatch(/Tier: \w+, score \d+/);
    expect(stdout).toMatch(
      /Where it does not work, if stderr\.contains\('ImagePullBackOff'\).*: rollout undo/,
    );
  });

  test('says that nothing would be done, and why', async () => {
    const { stdout } = await trying(factsFile(true), '--json');
    expect(JSON.parse(stdout)[0]).toMatchObject({
      playbook: 'restart-crash-looping',
      would: 'nothing',
      reason: expect.stringMatching(/It is not so: No pod of it is crash looping/),
    });
  });

  test.each([
    ['a file that is not there', ['/nowhere.json'], /cannot be read as JSON/],
    ['a body of another form', [schema], /Not an Alertmanager v4 webhook/],
    ['another source', [payload, '--source', 'pager'], /--source: there is alertmanager/],
  ])('%s is one sentence', async (_name, args, sentence) => {
    const { code, stdout, stderr } = await firebreak(['playbook', 'try', ...args, '--playbooks', examples]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(sentence);
  });
});
