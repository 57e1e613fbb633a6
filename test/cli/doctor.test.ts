import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Examined } from '../../src/adapters/postgres/examine.ts';
import {
  anchorFindings,
  findingsOf,
  retentionFindings,
  unusableFindings,
} from '../../src/cli/doctor/database.ts';
import { insightFindings } from '../../src/cli/doctor/insight.ts';
import { secretFindings } from '../../src/cli/doctor/slack.ts';
import { type SlackDouble, startSlackDouble } from '../adapters/slack/double/start.ts';
import { cloneDatabase, onlooker } from '../support/database.ts';
import { login, startGitServer } from '../support/git-server.ts';
import { firebreak } from './firebreak.ts';

const well: Examined = {
  version: 150_018,
  user: 'bot',
  mayCreate: true,
  durable: { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' },
  freeConnections: 90,
  standbys: 0,
  isSynchronous: false,
  clockBehind: 0.2,
  migrated: '0027-x.ts',
  newest: '0027-x.ts',
};

describe('what is said of a database', () => {
  test('nothing, when all is well', () => {
    expect(findingsOf(well).map(({ kind }) => kind)).toEqual(['right', 'right', 'right']);
  });

  test.each<[string, Partial<Examined>, 'doubtful' | 'wrong', RegExp]>([
    ['too old', { version: 140_011 }, 'wrong', /PostgreSQL 14\.11 is too old/],
    [
      'a commit that can be lost',
      { durable: { ...well.durable, synchronous_commit: 'off' } },
      'wrong',
      /synchronous_commit is off: what was acknowledged can be lost/,
    ],
    ['its clock is behind', { clockBehind: 61 }, 'wrong', /61 s behind this machine's/],
    ['its clock is ahead', { clockBehind: -61 }, 'wrong', /61 s ahead of this machine's/],
    ['few connections', { freeConnections: 7 }, 'doubtful', /Only 7 connections are free/],
    ['a standby that may be behind', { standbys: 1 }, 'doubtful', /Its standby is asynchronous/],
    ['an older schema', { migrated: '0020-y.ts' }, 'doubtful', /at 0020-y\.ts; 0027-x\.ts is the newest/],
    ['a newer schema', { migrated: '0030-z.ts' }, 'doubtful', /newer than this version/],
    [
      'none, and no right to make one',
      { migrated: undefined, mayCreate: false },
      'wrong',
      /bot may not create/,
    ],
  ])('%s', (_name, differs, kind, sentence) => {
    const found = findingsOf({ ...well, ...differs }).filter((finding) => finding.kind !== 'right');
    expect(found).toEqual([expect.objectContaining({ kind, sentence: expect.stringMatching(sentence) })]);
  });
});

test.each([
  [undefined, []],
  ['full', [['wrong', /disk of the database is full/]]],
  ['read-only', [['wrong', /is read-only/]]],
  ['away', [['wrong', /does not answer/]]],
] as const)('a database that is %s', (found, said) => {
  expect(unusableFindings(found).map(({ kind, sentence }) => [kind, sentence])).toEqual(
    said.map(([kind, sentence]) => [kind, expect.stringMatching(sentence)]),
  );
});

test('two signing secrets are pointed out, and one is not', () => {
  const one = { kind: 'http', signingSecret: 'new' } as const;
  expect(secretFindings({ kind: 'socket', appToken: 'xapp-1' })).toEqual([]);
  expect(secretFindings(one)).toEqual([]);
  expect(secretFindings({ ...one, formerSecret: 'old' })).toMatchObject([
    { kind: 'doubtful', sentence: expect.stringContaining('Two signing secrets are in force') },
  ]);
});

test.each([
  ['nothing yet', { lines: 0, headAge: undefined, anchorAge: undefined, unanchored: 0 }, []],
  [
    'all of it anchored',
    { lines: 9, headAge: 40, anchorAge: 40, unanchored: 0 },
    [['right', /40 days old, and anchored/]],
  ],
  [
    'an anchor is due',
    { lines: 9, headAge: 0.01, anchorAge: 0.03, unanchored: 4 },
    [['right', /14 minutes old, and the last anchor is 43 minutes/]],
  ],
  [
    'no anchor for days',
    { lines: 9, headAge: 3, anchorAge: 5, unanchored: 4 },
    [['wrong', /5 days old: 4 lines could be cut off unseen/]],
  ],
  [
    'no anchor ever',
    { lines: 9, headAge: 3, anchorAge: undefined, unanchored: 9 },
    [['wrong', /no anchor was ever noted/]],
  ],
] as const)('of the head of the chain: %s', (_name, standing, says) => {
  const found = anchorFindings(standing);
  expect(found).toEqual(
    says.map(([kind, sentence]) =>
      expect.objectContaining({ kind, sentence: expect.stringMatching(sentence) }),
    ),
  );
});

test('of what should be gone each table is named, and where to look', () => {
  expect(retentionFindings([]).map(({ kind }) => kind)).toEqual(['right']);
  const found = retentionFindings([
    { table: 'object_history', days: 1.5 },
    { table: 'remediation_events', days: 30 },
  ]);
  expect(found).toMatchObject([
    {
      kind: 'doubtful',
      sentence: 'object_history has what should be gone since 36 hours.',
      cure: expect.stringContaining('upkeep'),
    },
    {
      kind: 'doubtful',
      sentence: 'remediation_events has what should be gone since 30 days.',
      cure: expect.stringContaining('--audit-days'),
    },
  ]);
});

describe('of the chain from alert to lesson', () => {
  const well = { blindSpots: {}, watchSeconds: 60, exportSeconds: 60, exportExamples: 3 };
  test.each<[string, Parameters<typeof insightFindings>, readonly (readonly [string, RegExp])[]]>([
    [
      'all is well',
      [well, '/exports'],
      [
        ['right', /holds/],
        ['right', /3 examples/],
      ],
    ],
    [
      'nobody has looked, and no folder is named',
      [{ blindSpots: {} }, undefined],
      [
        ['doubtful', /Nobody has looked/],
        ['doubtful', /nowhere/],
      ],
    ],
    [
      'nobody looks any more',
      [{ ...well, watchSeconds: 4 * 3600 }, '/exports'],
      [
        ['wrong', /4 hours/],
        ['right', /3 examples/],
      ],
    ],
    [
      'two links are broken, and the export is empty',
      [
        {
          ...well,
          exportExamples: 0,
          blindSpots: { 'execution-without-verdict': 33, 'card-without-post': 1 },
        },
        '/exports',
      ],
      [
        ['doubtful', /^card-without-post \(1\)/],
        ['doubtful', /^execution-without-verdict \(33\)/],
        ['wrong', /no examples/],
      ],
    ],
    [
      'nothing was exported for long',
      [{ ...well, exportSeconds: 9 * 86_400 }, '/exports'],
      [
        ['right', /holds/],
        ['wrong', /9 days ago/],
      ],
    ],
  ])('%s', (_name, given, says) => {
    const found = insightFindings(...given).map(({ kind, sentence }) => [kind, sentence]);
    expect(found).toEqual(says.map(([kind, sentence]) => [kind, expect.stringMatching(sentence)]));
  });
});

describe('firebreak doctor', () => {
  let slack: SlackDouble;
  let database: Awaited<ReturnType<typeof cloneDatabase>>;
  let folder: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    [slack, database] = await Promise.all([startSlackDouble(), cloneDatabase()]);
    folder = await mkdtemp(join(tmpdir(), 'firebreak-doctor-'));
    const policy = join(folder, 'policy.yaml');
    writeFileSync(policy, 'version: 1\napprovers: { human: { users: [U0BOB] } }\n');
    env = {
      SLACK_API_URL: slack.apiUrl,
      SLACK_BOT_TOKEN: slack.workspace.botToken,
      SLACK_APP_TOKEN: slack.workspace.appToken,
      FIREBREAK_CHANNEL: 'C0OPS',
      FIREBREAK_POLICY: policy,
      DATABASE_URL: database.url,
    };
  });

  afterAll(async () => {
    await slack?.close();
    await database?.drop();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  /** The lines of an examination, without the blanks that align them. */
  const examined = async (differs: Readonly<Record<string, string>>) => {
    const { code, stdout } = await firebreak(['doctor'], { ...env, ...differs });
    return { code, lines: stdout.split('\n').map((line) => line.replaceAll(/ +/g, ' ').trim()) };
  };

  test('names what is right, what is doubtful and what is wrong, each with its cure', async () => {
    const { code, lines } = await examined({});
    expect(code).toBe(1);
    for (const line of [
      `note Policy ${env['FIREBREAK_POLICY']} names nobody who may approve in the tier dual.`,
      'note Playbooks There is none: alerts propose nothing.',
      'note Webhooks /webhooks/alertmanager is disabled.',
      'ok Slack The bot token is of workspace T0HOME and has every scope.',
      'ok Slack The app token opens a socket.',
      'ok Slack The bot is in the channel C0OPS.',
      'ok Retention Nothing is older than the policy keeps it.',
      'ok Audit chain Intact: 0 lines. Compare with a head that was kept elsewhere.',
      'WRONG Cluster No cluster is configured: set KUBECONFIG to a kubeconfig file, or run in a pod with a service account.',
      '-> Look at KUBECONFIG, or at the service account of the pod.',
      '1 thing is wrong.',
    ])
      expect(lines).toContain(line);
    expect(lines.some((line) => /^ok Database PostgreSQL \d+\.\d+ answers\.$/.test(line))).toBe(true);
  });

  test.each([
    [
      'a channel without the bot',
      { FIREBREAK_CHANNEL: 'C0ELSE' },
      /^WRONG Slack Cards cannot be posted to C0ELSE/,
    ],
    [
      'a wrong bot token',
      { SLACK_BOT_TOKEN: 'xoxb-wrong' },
      /^WRONG Slack Slack does not accept SLACK_BOT_TOKEN/,
    ],
    [
      'a wrong app token',
      { SLACK_APP_TOKEN: 'xapp-wrong' },
      /^WRONG Slack Slack does not accept SLACK_APP_TOKEN/,
    ],
    [
      'an Alertmanager that is away',
      { ALERTMANAGER_URL: 'http://127.0.0.1:9' },
      /^WRONG Alertmanager 127\.0\.0\.1:9 does not answer: /,
    ],
    [
      'a Prometheus that is away',
      { PROMETHEUS_URL: 'http://127.0.0.1:9' },
      /^WRONG Prometheus 127\.0\.0\.1:9 answers no query: /,
    ],
    ['an empty channel', { FIREBREAK_CHANNEL: '' }, /^WRONG Configuration FIREBREAK_CHANNEL must be set/],
    [
      'a database that is away',
      { DATABASE_URL: 'postgres://127.0.0.1:1/x' },
      /^WRONG Database Cannot use the database/,
    ],
  ])('%s', async (_name, differs, line) => {
    const { code, lines } = await examined(differs);
    expect(code).toBe(1);
    expect(lines.filter((each) => line.test(each))).toHaveLength(1);
  });

  test('a list of clusters that cannot be read is all that is said of clusters', async () => {
    const { code, lines } = await examined({ FIREBREAK_CLUSTERS: join(folder, 'not-there.yaml') });
    expect(code).toBe(1);
    expect(lines.some((line) => /^WRONG Configuration .*not-there\.yaml/.test(line))).toBe(true);
    expect(lines.filter((line) => line.startsWith('WRONG Cluster'))).toEqual([]);
  });

  test('a playbook that the policy trusts and that is not there is doubtful', async () => {
    const policy = join(folder, 'policy-trust.yaml');
    writeFileSync(
      policy,
      'version: 1\ntrust: { minimum: 0.5, alone: [{ playbook: reboot, environment: other namespaces }] }\n',
    );
    const { lines } = await examined({ FIREBREAK_POLICY: policy });
    expect(lines).toContain(
      `note Policy ${policy}: trust.alone.0.playbook: there is no playbook "reboot", so that this has no effect; no folder of playbooks is read, or it is empty`,
    );
    expect(lines).toContain('-> Take the entry out, or put the playbook into the folder.');
  });

  test('who logs in at the hosts of Git is tried, and each repository of the policy', async () => {
    const git = await startGitServer({ 'web.yaml': 'kind: List' });
    const policy = join(folder, 'policy-git.yaml');
    writeFileSync(
      policy,
      `version: 1
gitOps:
  hosts: [{ host: ${git.host}, kind: git, address: 'http://${git.host}' }]
  repositories: [{ match: { namespaces: [shop] }, repository: '${git.url}', branch: main }]
`,
    );
    const { username, password } = login;
    const { lines } = await examined({
      FIREBREAK_POLICY: policy,
      FIREBREAK_GIT_CREDENTIALS: `http://${username}:${password}@${git.host}\nhttps://a:b@else.example`,
    });
    await git.close();
    expect(lines).toEqual(
      expect.arrayContaining([
        `note Git ${git.host} has no API that says whether the login is accepted.`,
        `ok Git ${git.url} can be pushed to.`,
        'note Git There is a login for else.example, which the policy does not list.',
      ]),
    );
  });

  test('what should be gone is named', async () => {
    const knex = onlooker(database.url);
    await knex.raw(`insert into automation_operation_log (command, requested_by, outcome, started_at, ended_at, duration_ms)
      values ('x', 'U0', 'no_action', now() - interval '500 days', now() - interval '500 days', 0)`);
    const { lines } = await examined({});
    await knex('automation_operation_log').delete();
    await knex.destroy();
    const named = 'note Retention automation_operation_log has what should be gone since 100 days.';
    expect(lines).toContain(named);
  });

  test('a chain that was written past is wrong', async () => {
    const knex = onlooker(database.url);
    await knex('audit_head').update({ seq: 3 });
    const { lines } = await examined({});
    await knex('audit_head').update({ seq: 0 });
    await knex.destroy();
    expect(lines.filter((line) => line.startsWith('WRONG Audit chain Broken at line'))).toHaveLength(1);
  });
});
