import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadPlaybooks } from '../../src/config.ts';
import { ConfigFault } from '../../src/config-fault.ts';
import { claimOf, stepNamed, stepsOf } from '../../src/domain/incidents/playbook.ts';
import { mismatch } from '../../src/stages/intake/match.ts';
import { continuationOf } from '../../src/stages/learn/next-step.ts';
import { folderOf, playbookFrom } from '../fixtures/playbooks.ts';
import { alertOf } from '../fixtures/script.ts';

/** The lines of a playbook after its name and description. */
const head = 'version: 1\nname: p\ndescription: d\n';
const one = (more: string) => `${head}match: { labels: { alertname: A } }\naction: cordon {{node}}\n${more}`;
const many = (more: string) => `${head}match: { labels: { alertname: A } }\nsteps:\n${more}`;

const loaded = playbookFrom;

function problemsOf(text: string): readonly string[] {
  const folder = folderOf({ 'p.yaml': text });
  try {
    loadPlaybooks(folder);
    return [];
  } catch (fault) {
    if (!(fault instanceof ConfigFault)) throw fault;
    return fault.problems.map((problem) => problem.replace(`${folder}/p.yaml`, ''));
  }
}

describe('what is wrong is named by line and key', () => {
  test.each<[string, string, RegExp]>([
    [
      'neither action nor steps',
      `${head}match: { labels: { alertname: A } }\n`,
      /^:1:1: the document: must have either action or steps$/,
    ],
    [
      'both',
      one('steps: [{ name: a, action: "cordon {{node}}" }]\n'),
      /:5:9: action: belongs to a step, because there are steps$/,
    ],
    [
      'a matcher of nothing',
      `${head}match: {}\naction: cordon {{node}}\n`,
      /^:4:8: match: must have labels, annotations or when$/,
    ],
    [
      'a claim that there is not',
      one('claim: crash-loping\n'),
      /^:6:8: claim: must be one of unhealthy, .*; did you mean "crash-looping"\?$/,
    ],
    [
      'a verdict after which nothing follows',
      one('on: [{ when: "verdict == \'verified\'", do: rollback }]\n'),
      /^:6:14: on\.0\.when: verdict is never "verified"; one of not_verified, inconclusive, failed/,
    ],
    [
      'labels as a part of the alert',
      `${head}match: { when: "alert.labels.a == 'b'" }\naction: cordon {{node}}\n`,
      /^:4:16: match\.when: No such key: labels; "labels" stands by itself/,
    ],
    [
      'a claim without its words',
      one('claim: { when: "facts.desired > 1" }\n'),
      /^:6:8: claim\.because: is missing$/,
    ],
    [
      'a key of a claim',
      one('claim: { when: "true", because: b, wen: 1 }\n'),
      /^:6:36: claim: unknown key "wen"; did you mean "when"\?$/,
    ],
    [
      'a claim that is no CEL',
      one('claim: { when: "facts.redy > 1", because: b }\n'),
      /^:6:16: claim\.when: .*redy.*did you mean "ready"/s,
    ],
    [
      'a claim that says no truth',
      one('claim: { when: "facts.ready", because: b }\n'),
      /claim\.when: must say true or false, but says int/,
    ],
    [
      'a matcher that is no CEL',
      `${head}match: { when: "labels.severity = 1" }\naction: cordon {{node}}\n`,
      /^:4:16: match\.when: /,
    ],
    [
      'one value for another',
      `${head}match: { when: "labels.severity = 'a'" }\naction: cordon {{node}}\n`,
      /^:4:16: match\.when: Unexpected character: =; two values are compared with ==\n/,
    ],
    [
      'a sign the wrong way round',
      `${head}match: { when: "labels.severity => 'a'" }\naction: cordon {{node}}\n`,
      /^:4:16: match\.when: .*; "at least" is >= in CEL, "at most" is <=\n/,
    ],
    [
      'words for signs',
      `${head}match: { when: "labels.a == 'x and y' and labels.b == 'c'" }\naction: cordon {{node}}\n`,
      /^:4:16: match\.when: .*; "and" is && in CEL, "or" is \|\|, "not" is !\n/,
    ],
    [
      'a pattern as PromQL has it',
      `${head}match: { when: "labels.a =~ 'x.*'" }\naction: cordon {{node}}\n`,
      /^:4:16: match\.when: .*; a pattern is asked with \.matches\('\.\.\.'\)\n/,
    ],
    [
      'an expression that is not finished, with such signs in a text',
      `${head}match: { when: "labels.a in ['x = y and z'" }\naction: cordon {{node}}\n`,
      /^:4:16: match\.when: Expected RBRACKET, got EOF\n/,
    ],
    [
      'a version in quotes',
      one('').replace('version: 1', 'version: "1"'),
      /^:1:10: version: must be 1; it is a number: take it out of the quotes$/,
    ],
    [
      'a pattern that backtracks',
      one('on: [{ when: "stderr.matches(\'(?=x)\')", do: rollback }]\n'),
      /^:6:14: on\.0\.when: the pattern is not RE2/,
    ],
    [
      'an expression without end',
      one(`on: [{ when: "${'reasons.exists(a, '.repeat(5)}true${')'.repeat(5)}", do: rollback }]\n`),
      /steps, and 2000000 are allowed/,
    ],
    [
      'an ending without a do',
      one('on: [{ when: "true" }]\n'),
      /^:6:6: on\.0: must have either do or escalate$/,
    ],
    [
      'both do and escalate',
      one('on: [{ do: rollback, escalate: e }]\n'),
      /^:6:6: on\.0: must have either do or escalate$/,
    ],
    [
      'a do that is no step',
      many(
        '  - { name: a, action: "cordon {{node}}", on: [{ do: secnd }] }\n  - { name: second, action: "uncordon {{node}}" }\n',
      ),
      /^:6:\d+: steps\.0\.on\.0\.do: there is no step "secnd" further down, and it is no command; did you mean "second"\?$/,
    ],
    [
      'a do that is a step before',
      many(
        '  - { name: a, action: "cordon {{node}}" }\n  - { name: b, action: "uncordon {{node}}", on: [{ do: a }] }\n',
      ),
      /steps\.1\.on\.0\.do: there is no step "a" further down/,
    ],
    [
      'the same once more',
      one('on: [{ do: "cordon  {{node}}" }]\n'),
      /^:6:12: on\.0\.do: is what has failed: do something else$/,
    ],
    ['a do that is no command', one('on: [{ do: "kill {{node}}" }]\n'), /^:6:12: on\.0\.do: /],
    [
      'an entry that is never reached',
      one('on: [{ do: rollback }, { when: "true", escalate: e }]\n'),
      /^:6:24: on\.1: is never reached: the entry before it has no when$/,
    ],
    [
      'two steps of a name',
      many('  - { name: a, action: "cordon {{node}}" }\n  - { name: a, action: "uncordon {{node}}" }\n'),
      /^:7:13: steps\.1\.name: two steps are named "a"; give one of them another name \(the first is in line 6\)$/,
    ],
    [
      'a step called rollback',
      many('  - { name: rollback, action: "cordon {{node}}" }\n'),
      /^:6:13: steps\.0\.name: "rollback" is what a do says/,
    ],
    ['an escalation to nobody', one('escalation: {}\n'), /^:6:13: escalation: must name a user or a group$/],
    [
      'an escalation to a name',
      one('escalation: { users: [ann] }\n'),
      /^:6:23: escalation\.users\.0: must be a Slack user id/,
    ],
    ['a limit of none', one('limits: { perHour: 0 }\n'), /^:6:20: limits\.perHour: /],
  ])('%s', (_name, text, expected) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });
});

describe('what is right loads', () => {
  test('a playbook of an earlier release means the same: one step', () => {
    const playbook = loaded(one('verification: { goodSamples: 4 }\n'));
    expect(stepsOf(playbook)).toEqual([
      { name: 'first', action: 'cordon {{node}}', verification: { goodSamples: 4 } },
    ]);
    expect(claimOf(playbook)).toBe('unhealthy');
    expect(stepNamed(playbook, undefined)?.action).toBe('cordon {{node}}');
  });

  test('steps by name and written out', () => {
    const playbook = loaded(
      many(
        '  - { name: a, action: "cordon {{node}}", on: [{ when: "verdict == \'failed\'", do: b }, { do: "taint node {{node}} a=b:NoSchedule" }] }\n  - { name: b, action: "uncordon {{node}}", claim: none }\n',
      ),
    );
    expect(stepNamed(playbook, 'a.2')).toEqual({ name: 'a.2', action: 'taint node {{node}} a=b:NoSchedule' });
    expect(claimOf(playbook, stepNamed(playbook, 'b'))).toBe('none');
    expect(stepNamed(playbook, 'gone')).toBeUndefined();
  });
});

describe('a matcher', () => {
  const labels = { alertname: 'A', severity: 'critical' };
  test.each<[string, string, RegExp | undefined]>([
    [
      'an expression',
      `{ when: "labels['severity'] == 'critical' && alert.name.startsWith('A')" }`,
      undefined,
    ],
    ['one that is not true', `{ when: "labels['severity'] == 'warning'" }`, /^Not true of it: labels/],
    [
      'one about a label that is not there',
      `{ when: "labels['team'] == 'a'" }`,
      /^Not true of it: .*\(.*team.*\)$/,
    ],
    ['one that may ask', `{ when: "'team' in labels" }`, /^Not true/],
    ['an annotation', '{ annotations: { summary: It crashes. } }', undefined],
    [
      'another annotation',
      '{ annotations: { summary: [a, b] } }',
      /^Of its annotations, summary is "It crashes\."; it must be "a" or "b"\.$/,
    ],
    ['labels and an expression', '{ labels: { alertname: A }, when: "false" }', /^Not true/],
    ['no label', '{ labels: {} }', /names nothing/],
  ])('%s', (_name, match, expected) => {
    const why = mismatch(alertOf(labels), loaded(`${head}match: ${match}\naction: cordon {{node}}\n`));
    if (expected === undefined) expect(why).toBeUndefined();
    else expect(why).toMatch(expected);
  });
});

describe('what a step goes on with', () => {
  const playbook = loaded(
    many(
      `  - name: restart
    action: rollout restart {{kind}}/{{name}} -n {{namespace}}
    on:
      - { when: "stderr.contains('ImagePullBackOff')", do: undo }
      - { when: "reasons.exists(each, each.matches('OOM.*'))", do: "scale {{kind}}/{{name}} --replicas=1 -n {{namespace}}" }
      - { when: "verdict == 'inconclusive'", escalate: Nobody knows. }
      - { when: "reasons[7] == 'x'", do: rollback }
      - { do: rollback }
  - { name: undo, action: "rollout undo {{kind}}/{{name}} -n {{namespace}}" }
`,
    ),
  );
  const ending = {
    verdict: 'not_verified',
    reason: 'r',
    reasons: ['one', 'two', '3', '4', '5', '6', '7', '8'],
    stderr: '',
    step: 'restart',
    command: 'c',
  } as const;
  const [restart] = stepsOf(playbook);

  test.each<[string, Partial<Parameters<typeof continuationOf>[2]>, object]>([
    [
      'by stderr',
      { stderr: 'x ImagePullBackOff y' },
      { kind: 'step', step: { name: 'undo' }, because: "stderr.contains('ImagePullBackOff')" },
    ],
    ['by a reason', { reasons: ['OOMKilled'] }, { kind: 'step', step: { name: 'restart.2' } }],
    ['to people', { verdict: 'inconclusive' }, { kind: 'escalate', sentence: 'Nobody knows.' }],
    [
      'to people where it cannot be told',
      { reasons: [] },
      { kind: 'escalate', sentence: /could not be told/ },
    ],
    ['else', {}, { kind: 'rollback' }],
  ])('%s', (_name, changed, expected) => {
    if (restart === undefined) throw new Error('no step');
    const found = continuationOf(playbook, restart, { ...ending, ...changed });
    expect(found.kind).toBe('kind' in expected ? expected.kind : '');
    if ('sentence' in expected && expected.sentence instanceof RegExp)
      expect('sentence' in found ? found.sentence : '').toMatch(expected.sentence);
    else expect(found).toMatchObject(expected);
  });

  const byStderr = { ...ending, stderr: 'ImagePullBackOff' };
  const asks = "stderr.contains('ImagePullBackOff')";
  const none = { alert: new Map(), claim: new Map(), ending: new Map() };
  const answering = (ask: () => unknown) => ({ expressions: { ...none, ending: new Map([[asks, ask]]) } });
  const untold = (why: string) => `Whether ${asks} could not be told (${why}).`;
  test.each<[string, Partial<typeof playbook>, string]>([
    ['a step is gone', { steps: stepsOf(playbook).slice(0, 1) }, 'The playbook has no step undo any more.'],
    ['nothing is compiled', { expressions: none }, untold('it is not compiled')],
    ['it is neither', answering(() => 'yes'), untold('it says neither true nor false')],
    [
      'it fails',
      answering(() => {
        throw new Error('No such key.\n> 1 | stderr');
      }),
      untold('No such key.'),
    ],
  ])('people are asked where %s', (_name, changed, sentence) => {
    if (restart === undefined) throw new Error('no step');
    const found = continuationOf({ ...playbook, ...changed }, restart, byStderr);
    expect(found).toEqual({ kind: 'escalate', sentence });
  });

  test('a step without a list goes on with nothing', () => {
    const undo = stepNamed(playbook, 'undo');
    if (undo === undefined) throw new Error('no step');
    expect(continuationOf(playbook, undo, ending)).toEqual({ kind: 'none' });
  });
});

test('the files of the first release load', () => {
  const old = readFileSync(
    new URL('../fixtures/release-0.1.0/restart-crash-looping.yaml', import.meta.url),
    'utf8',
  );
  expect(loaded(old)).toMatchObject({
    name: 'restart-crash-looping',
    match: { labels: { alertname: 'KubePodCrashLooping' } },
  });
});
