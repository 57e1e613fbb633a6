import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Config, loadPlaybooks, loadPolicy, readConfig } from '../src/config.ts';
import { ConfigFault } from '../src/config-fault.ts';

const folder = mkdtempSync(join(tmpdir(), 'firebreak-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A new folder with these files. */
function files(contents: Readonly<Record<string, string>>): string {
  const made = mkdtempSync(join(folder, 'f'));
  for (const [name, text] of Object.entries(contents)) writeFileSync(join(made, name), text);
  return made;
}

const appKey = generateKeyPairSync('rsa', { modulusLength: 1024 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const appKeyFile = join(files({ 'app.pem': appKey }), 'app.pem');

const least = { SLACK_BOT_TOKEN: 'xoxb-test', SLACK_APP_TOKEN: 'xapp-test', FIREBREAK_CHANNEL: 'C0TEST' };

/** The sentences with which a reading is refused; none if it is not. */
function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (fault) {
    if (fault instanceof ConfigFault) return fault.problems;
    throw fault;
  }
}

const botToken = 'SLACK_BOT_TOKEN must be set to the bot token of the Slack app (xoxb-...)';
const channel = 'FIREBREAK_CHANNEL must be set to the id of the channel for cards (C0123456789)';
const mode = 'SLACK_APP_TOKEN (xapp-..., for Socket Mode) or SLACK_SIGNING_SECRET (for HTTP) must be set.';
const port = 'PORT must be a port number from 0 to 65535';
const database = 'DATABASE_URL must be a URL such as postgres://user:password@host:5432/firebreak';

describe('the environment', () => {
  test('the least that is needed; everything else has a default', () => {
    const config = readConfig(least);
    expect(config).toMatchObject({
      slack: {
        botToken: 'xoxb-test',
        channel: 'C0TEST',
        mode: { kind: 'socket', appToken: 'xapp-test' },
      },
      database: { kind: 'embedded' },
      host: '127.0.0.1',
      port: 3000,
      logLevel: 'info',
      playbooks: [],
    });
    expect(config.policy.approvers).toEqual({
      human: { users: [], groups: [] },
      dual: { users: [], groups: [] },
    });
  });

  test.each<[string, Readonly<Record<string, string>>, Partial<Config>]>([
    ['an empty variable is unset', { PORT: '', HOST: '' }, { port: 3000, host: '127.0.0.1' }],
    ['blanks around a value are not part of it', { PORT: ' 8080\n' }, { port: 8080 }],
    [
      'a fallback channel',
      { FIREBREAK_FALLBACK_CHANNEL: 'C0FALL' },
      {
        slack: {
          botToken: 'xoxb-test',
          channel: 'C0TEST',
          fallbackChannel: 'C0FALL',
          mode: { kind: 'socket', appToken: 'xapp-test' },
        },
      },
    ],
    [
      'a database',
      { DATABASE_URL: 'postgres://u:p@h/db' },
      { database: { kind: 'url', url: 'postgres://u:p@h/db' } },
    ],
    ['a level', { LOG_LEVEL: 'debug' }, { logLevel: 'debug' }],
    [
      'the API server of the pod that it runs in',
      { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' },
      { inPod: { host: '10.96.0.1', port: 443 } },
    ],
    ['a kubeconfig', { KUBECONFIG: '/etc/kube' }, { kubeconfig: '/etc/kube' }],
    [
      'a token for alerts',
      { ALERTMANAGER_TOKEN: '0123456789abcdef' },
      { alertTokens: { alertmanager: '0123456789abcdef' } },
    ],
    [
      'who logs in at Git hosts',
      { FIREBREAK_GIT_CREDENTIALS: 'https://bot:a%40b@github.com\nhttps://x:y@git.example:8443 ' },
      {
        gitLogins: {
          'github.com': { username: 'bot', password: 'a@b' },
          'git.example:8443': { username: 'x', password: 'y' },
        },
      },
    ],
    [
      'a GitHub App beside them, with its key in one line',
      {
        FIREBREAK_GIT_CREDENTIALS: 'https://bot:t@git.example',
        FIREBREAK_GITHUB_APP_ID: ' 123456\n',
        FIREBREAK_GITHUB_APP_KEY: appKey.replaceAll('\n', '\\n'),
      },
      {
        gitLogins: {
          'git.example': { username: 'bot', password: 't' },
          'github.com': { app: { id: '123456', privateKey: appKey } },
        },
      },
    ],
    [
      'a GitHub App of another host, with its key in a file',
      {
        FIREBREAK_GITHUB_APP_ID: 'Iv23li.x',
        FIREBREAK_GITHUB_APP_KEY_FILE: appKeyFile,
        FIREBREAK_GITHUB_APP_INSTALLATION: '42',
        FIREBREAK_GITHUB_APP_HOST: 'github.example',
      },
      { gitLogins: { 'github.example': { app: { id: 'Iv23li.x', privateKey: appKey, installation: 42 } } } },
    ],
    ['a token for the API', { FIREBREAK_API_TOKEN: '0123456789abcdef' }, { apiToken: '0123456789abcdef' }],
  ])('%s', (_name, env, expected) => {
    expect(readConfig({ ...least, ...env })).toMatchObject(expected);
  });

  test('HTTP mode by the signing secret alone', () => {
    const { SLACK_APP_TOKEN: _, ...rest } = least;
    const config = readConfig({ ...rest, SLACK_SIGNING_SECRET: 'shh\n' });
    expect(config.slack.mode).toEqual({ kind: 'http', signingSecret: 'shh' });
  });

  test('a new signing secret and the old one, while Slack changes over', () => {
    const { SLACK_APP_TOKEN: _, ...rest } = least;
    const config = readConfig({ ...rest, SLACK_SIGNING_SECRET: ' new  old\n' });
    expect(config.slack.mode).toEqual({ kind: 'http', signingSecret: 'new', formerSecret: 'old' });
  });

  test.each<[string, Readonly<Record<string, string | undefined>>, readonly string[]]>([
    ['nothing set', {}, [botToken, channel, mode]],
    ['an empty bot token', { ...least, SLACK_BOT_TOKEN: '' }, [botToken]],
    ['a blank channel', { ...least, FIREBREAK_CHANNEL: ' ' }, [channel]],
    ['no way to hear Slack', { ...least, SLACK_APP_TOKEN: undefined }, [mode]],
    [
      'three signing secrets',
      { ...least, SLACK_APP_TOKEN: undefined, SLACK_SIGNING_SECRET: 'one two three' },
      ['SLACK_SIGNING_SECRET must be one secret, or the new and the old with a blank between.'],
    ],
    ['a port that is a word', { ...least, PORT: 'http' }, [port]],
    ['a port that is too high', { ...least, PORT: '65536' }, [port]],
    ['a port that is not whole', { ...least, PORT: '80.5' }, [port]],
    ['a port below zero', { ...least, PORT: '-1' }, [port]],
    ['a port in hexadecimal', { ...least, PORT: '0x50' }, [port]],
    ['another database', { ...least, DATABASE_URL: 'mysql://h/db' }, [database]],
    ['a database without a scheme', { ...least, DATABASE_URL: 'localhost' }, [database]],
    [
      'a short token',
      { ...least, ALERTMANAGER_TOKEN: 'short' },
      ['ALERTMANAGER_TOKEN must have at least 16 characters'],
    ],
    [
      'a short token of the API',
      { ...least, FIREBREAK_API_TOKEN: 'short' },
      ['FIREBREAK_API_TOKEN must have at least 16 characters'],
    ],
    [
      'Git credentials without a token',
      { ...least, FIREBREAK_GIT_CREDENTIALS: 'https://u:t@github.com github.com' },
      ['FIREBREAK_GIT_CREDENTIALS must have lines such as https://user:token@github.com; line 2 is none'],
    ],
    [
      'a GitHub App without its key',
      { ...least, FIREBREAK_GITHUB_APP_ID: '1' },
      [
        expect.stringMatching(
          /^FIREBREAK_GITHUB_APP_ID needs its private key: set .*_KEY_FILE .*not both\.$/,
        ),
      ],
    ],
    [
      'a GitHub App with two keys',
      {
        ...{ ...least, FIREBREAK_GITHUB_APP_ID: '1', FIREBREAK_GITHUB_APP_KEY: appKey },
        FIREBREAK_GITHUB_APP_KEY_FILE: appKeyFile,
      },
      [expect.stringContaining('not both')],
    ],
    [
      'the key of no GitHub App',
      { ...least, FIREBREAK_GITHUB_APP_KEY: appKey },
      ['FIREBREAK_GITHUB_APP_ID must be set for the other FIREBREAK_GITHUB_APP_ variables.'],
    ],
    [
      'a file of a key that is not there',
      { ...least, FIREBREAK_GITHUB_APP_ID: '1', FIREBREAK_GITHUB_APP_KEY_FILE: '/nowhere.pem' },
      [expect.stringMatching(/^FIREBREAK_GITHUB_APP_KEY_FILE cannot be read: ENOENT.*nowhere\.pem/)],
    ],
    [
      'a key that is none, which is not repeated',
      { ...least, FIREBREAK_GITHUB_APP_ID: '1', FIREBREAK_GITHUB_APP_KEY: 'hunter2' },
      ['FIREBREAK_GITHUB_APP_KEY is no private RSA key in PEM: GitHub makes one on the page of the app.'],
    ],
    [
      'a user and a GitHub App at one host',
      {
        ...{ ...least, FIREBREAK_GIT_CREDENTIALS: 'https://u:t@github.com' },
        ...{ FIREBREAK_GITHUB_APP_ID: '1', FIREBREAK_GITHUB_APP_KEY: appKey },
      },
      [
        'FIREBREAK_GIT_CREDENTIALS has a line for github.com, where FIREBREAK_GITHUB_APP_ID logs in: leave one of them out.',
      ],
    ],
    [
      'what a GitHub App cannot be',
      {
        ...{ ...least, FIREBREAK_GITHUB_APP_ID: 'my app', FIREBREAK_GITHUB_APP_INSTALLATION: 'shop' },
        FIREBREAK_GITHUB_APP_HOST: 'https://github.com/',
      },
      [
        'FIREBREAK_GITHUB_APP_ID must be the id or the client id of a GitHub App, such as 123456',
        'FIREBREAK_GITHUB_APP_INSTALLATION must be the number of an installation',
        'FIREBREAK_GITHUB_APP_HOST must be a host name of gitOps.hosts, such as github.com',
      ],
    ],
    [
      'a level that is none',
      { ...least, LOG_LEVEL: 'loud' },
      ['LOG_LEVEL must be one of debug, info, warn, error, silent'],
    ],
    [
      'an address of Slack that is none',
      { ...least, SLACK_API_URL: 'slack' },
      ['SLACK_API_URL must be the URL of a Slack-compatible API, such as http://127.0.0.1:3111/api/'],
    ],
    [
      'files that are not there, all at once',
      { ...least, PORT: 'x', FIREBREAK_POLICY: '/nowhere/p.yaml', FIREBREAK_PLAYBOOKS: '/nowhere/books' },
      [
        port,
        'FIREBREAK_POLICY: the file /nowhere/p.yaml cannot be read (ENOENT).',
        'FIREBREAK_PLAYBOOKS: the folder /nowhere/books cannot be read (ENOENT).',
      ],
    ],
    [
      'a folder for a policy',
      { ...least, FIREBREAK_POLICY: folder },
      [`FIREBREAK_POLICY: the file ${folder} cannot be read (EISDIR).`],
    ],
  ])('%s', (_name, env, expected) => {
    expect(problemsOf(() => readConfig(env))).toEqual(expected);
  });

  test('no problem repeats the value of a secret', () => {
    const env = { ...least, ALERTMANAGER_TOKEN: 'hunter2', DATABASE_URL: 'postgrez://u:hunter2@h/db' };
    expect(problemsOf(() => readConfig(env)).join()).not.toContain('hunter2');
  });

  test('the value is frozen all the way down', () => {
    const config = readConfig(least);
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.slack.mode)).toBe(true);
    expect(Object.isFrozen(config.policy.approvers.human.users)).toBe(true);
  });
});

describe('the policy file', () => {
  test.each([
    [
      'an unknown key',
      'version: 1\naprovers: {}\n',
      ':2:1: the document: unknown key "aprovers"; did you mean "approvers"?',
    ],
    [
      'an approver who is no user',
      'version: 1\napprovers:\n  human: { users: [bob] }\n',
      ':3:20: approvers.human.users.0: must be a Slack user id such as U012AB3CD',
    ],
    [
      'time without end',
      'version: 1\napprovalTtlSeconds: 99999999999\n',
      ':2:21: approvalTtlSeconds: must be at most 2592000',
    ],
    [
      'a time zone that does not exist',
      'version: 1\nfreezes:\n  - { name: weekend, timeZone: Europe/Berlim, weekly: [{ days: [sat], from: "00:00", to: "24:00" }] }\n',
      ':3:32: freezes.0.timeZone: "Europe/Berlim" is no time zone known here; write an IANA name such as Europe/Berlin',
    ],
    [
      'an environment that does not exist',
      'version: 1\nenvironments: { tills: { match: { names: [shop] } } }\nfreezes:\n  - name: x\n    dates: [{ from: 2026-12-24, to: 2026-12-26 }]\n    environments: [till]\n',
      ':6:20: freezes.0.environments.0: there is no environment "till"; did you mean "tills"?',
    ],
    [
      'a playbook that runs alone in an environment that does not exist',
      'version: 1\nenvironments: { tills: { match: { names: [shop] } } }\ntrust:\n  minimum: 0.5\n  alone:\n    - { playbook: a, environment: other namespaces }\n    - { playbook: a, environment: till }\n',
      ':7:35: trust.alone.1.environment: there is no environment "till"; did you mean "tills"?',
    ],
    [
      'a source of alerts that does not exist',
      'version: 1\nclusters:\n  eu: { alerts: { sources: [pagerdty, grafana] } }\n',
      ':3:29: clusters.eu.alerts.sources.0: there is no source of alerts "pagerdty"; did you mean "pagerduty"?',
    ],
    [
      'a freeze that ends before it begins',
      'version: 1\nfreezes:\n  - { name: x, dates: [{ from: 2026-12-26, to: 2026-12-24 }] }\n',
      ':3:24: freezes.0.dates.0: must end after it begins',
    ],
    [
      'separate groups beside approvers of any',
      'version: 1\napprovers:\n  dual:\n    users: [U0A]\n    separate: [{ name: a }, { name: b }]\n',
      ':4:5: approvers.dual: separate takes the place of users and groups; name people in one of them',
    ],
    [
      'an expression with a wrong name',
      'version: 1\nhardRules:\n  - name: x\n    when: facts.redy < 2\n    because: y\n',
      ':4:11: hardRules.0.when: No such key: redy; did you mean "ready"?\n    facts.redy < 2\n          ^',
    ],
    ['no version', 'productionFactor: 2\n', ':1:1: version: is missing'],
    ['an empty file', '', ':1:1: the document: must be a map, and is empty'],
  ])('%s', (_name, text, expected) => {
    const file = join(files({ 'policy.yaml': text }), 'policy.yaml');
    expect(problemsOf(() => loadPolicy(file))).toEqual([`${file}${expected}`]);
  });
});

const playbook = (name: string, action: string) =>
  `version: 1\nname: ${name}\ndescription: d\nmatch: { labels: { alertname: A } }\naction: ${action}\n`;

describe('playbooks', () => {
  test('are read by name, whatever else lies in the folder', () => {
    const made = files({
      'b.yml': playbook('second', 'cordon {{node}}'),
      'a.yaml': playbook('first', 'delete pod {{pod}} -n {{namespace}}'),
      'README.md': 'not a playbook',
    });
    expect(loadPlaybooks(made).map(({ name }) => name)).toEqual(['first', 'second']);
  });

  test.each([
    ['an action that is no command', 'kill everything', /^.*:5:9: action: .+/],
    [
      'a placeholder that nothing fills',
      'cordon {{host}}',
      /:5:9: action: Placeholder .*host.* has no value; known are .*node/,
    ],
    ['two commands', '"cordon {{node}} ; uncordon {{node}}"', /:5:9: action: .+/],
    [
      'an action that names no namespace',
      'rollout restart {{kind}}/{{name}}',
      /:5:9: action: names no namespace, so that "default" would be meant; add -n \{\{namespace\}\} for that of the alert, or -n and a name\.$/,
    ],
    ['a kind that cannot be restarted', 'rollout restart node/{{name}}', /:5:9: action: .+/],
  ])('%s stops the start', (_name, action, expected) => {
    const made = files({ 'p.yaml': playbook('p', action) });
    const problems = problemsOf(() => loadPlaybooks(made));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
    expect(problems[0]).toContain(join(made, 'p.yaml'));
  });

  test('all that is wrong in all files is told', () => {
    const made = files({
      'a.yaml': playbook('same', 'cordon {{node}}'),
      'b.yaml': playbook('same', 'cordon {{node}}'),
      'c.yaml': playbook('c', 'nonsense'),
      'd.yaml': `${playbook('d', 'cordon {{node}}')}extra: 1\n`,
    });
    const problems = problemsOf(() => loadPlaybooks(made));
    expect(problems).toHaveLength(3);
    expect(problems[1]).toBe(
      `${join(made, 'd.yaml')}:6:1: the document: unknown key "extra"; there are version, name, description, match, claim, action, coolDownSeconds, verification, on, steps, limits, escalation`,
    );
    expect(problems[2]).toBe(
      `${join(made, 'b.yaml')}:2:7: name: two playbooks are named "same"; give one of them another name (the first is at ${join(made, 'a.yaml')}:2:7)`,
    );
  });

  test('a label value that is a number says what to do', () => {
    const made = files({
      'p.yaml': playbook('p', 'cordon {{node}}').replace('alertname: A', 'code: 500'),
    });
    expect(problemsOf(() => loadPlaybooks(made))).toEqual([
      `${join(made, 'p.yaml')}:4:26: match.labels.code: must be a text or a list of texts (quote numbers)`,
    ]);
  });
});
