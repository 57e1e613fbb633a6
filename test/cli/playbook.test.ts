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

test('check notes a value that is written as a pattern', async () => {
  const text =
    'version: 1\nname: p\ndescription: d\naction: cordon {{node}}\nmatch: { labels: { pod: "web-.*" } }\n';
  const { code, stderr } = await firebreak(['playbook', 'check', folderOf({ 'p.yaml': text })]);
  expect(code).toBe(0);
  expect(stderr).toBe(
    'firebreak: note: playbook p: match.labels.pod: "web-.*" is compared letter by letter; for a pattern use match.when: labels["pod"].matches("^(?:web-.*)$")\n',
  );
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
      / {2}The claim about Deployment\/\S+ in shop is that a pod of it is crash looping\. Pod\/web-0 is in/,
    );
    expect(stdout).toMatch(/Would propose: kubectl rollout restart deployment\/\S+/);
    expect(stdout).toMatch(/Tier: \w+, score \d+/);
    expect(stdout).toMatch(
      /Where it does not work, if stderr\.contains\('ImagePullBackOff'\).*: rollout undo/,
    );
  });

  test('says whose proposal it is where the most specific playbook claims what is not so', async () => {
    const one = (name: string, labels: string, rest: string) =>
      `version: 1\nname: ${name}\ndescription: d\nmatch: { labels: { alertname: KubePodCrashLooping${labels} } }\n${rest}`;
    const folder = folderOf({
      'a.yaml': one(
        'undo',
        ', namespace: shop',
        'claim: rollout-stuck\naction: rollout undo {{kind}}/{{name}} -n {{namespace}}\non: [{ escalate: Undo failed. }]\n',
      ),
      'b.yaml': one(
        'restart',
        '',
        'claim: crash-looping\naction: rollout restart {{kind}}/{{name}} -n {{namespace}}\non: [{ escalate: Ask somebody. }]\n',
      ),
    });
    const { stdout } = await firebreak([
      ...['playbook', 'try', payload, '--playbooks', folder, '--facts', factsFile(false)],
    ]);
    expect(stdout).toContain('  Playbook: restart\n  Not undo: The claim about Deployment/');
    expect(stdout).toContain('people: Ask somebody.');
    expect(stdout).not.toContain('Undo failed');
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
