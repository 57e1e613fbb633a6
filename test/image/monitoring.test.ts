import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { createMetrics } from '../../src/adapters/metrics/metrics.ts';
import { createMetricsRoute, observedRoute } from '../../src/adapters/metrics/route.ts';

const place = 'deploy/overlays/monitoring';
const rules = z
  .object({
    spec: z.object({
      groups: z.array(
        z.object({ name: z.string(), rules: z.array(z.object({ alert: z.string(), expr: z.string() })) }),
      ),
    }),
  })
  .parse(parse(readFileSync(`${place}/alerts.yaml`, 'utf8'))).spec;
const dashboard = z
  .object({
    panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })),
  })
  .parse(JSON.parse(readFileSync(`${place}/dashboard.json`, 'utf8')));

const alerts = rules.groups.flatMap((group) => group.rules);
const drawn = dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })));
const folder = mkdtempSync(join(tmpdir(), 'firebreak-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

const canCheck = (): boolean => {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** As Debian's package `prometheus` brings it; CI has it. */
const hasPromtool = canCheck();

test('CI has promtool', () => {
  expect(hasPromtool || process.env['FIREBREAK_TEST_NEEDS_PROMTOOL'] === undefined).toBe(true);
});

test('what is drawn and what alarms is measured', async () => {
  const { registry } = createMetrics();
  const known = new Set(
    (await registry.getMetricsAsJSON()).flatMap(({ name }) => [
      name,
      `${name}_bucket`,
      `${name}_count`,
      `${name}_sum`,
    ]),
  );
  for (const { expr } of [...alerts, ...drawn])
    for (const [name] of expr.matchAll(/\b(firebreak|process)_[a-z_]+/g)) expect(known).toContain(name);
});

test('what a rule counts begins at nought: the first of its kind is an increase like any other', async () => {
  const metrics = createMetrics();
  observedRoute({ path: '/webhooks/alertmanager', method: 'POST', handler: () => undefined }, metrics);
  const counted = alerts.flatMap(({ expr }) => [
    ...expr.matchAll(/increase\((firebreak_[a-z_]+)(?:\{[^}]*?(to|result)="([a-z_]+)"\})?/g),
  ]);
  expect(counted.length).toBeGreaterThan(5);
  for (const [, name = '', label, value] of counted) {
    const found = (await metrics.registry.getSingleMetric(name)?.get())?.values ?? [];
    const meant = found.filter(({ labels }) => label === undefined || labels[label] === value);
    expect(meant.length, name).toBeGreaterThan(0);
    expect(new Set(meant.map((each) => each.value))).toEqual(new Set([0]));
  }
});

test('what nobody has read yet is not told, and what was read before the database went is not told any more', async () => {
  const metrics = createMetrics();
  const standing = {
    ...{
      remediations: new Map(),
      outbox: new Map(),
      failedMessages: 2,
      dueJobs: { count: 1, oldestSeconds: 90 },
    },
    ...{ auditSeconds: 30, blindSpots: {}, watchSeconds: 5, stopped: { since: '' }, storm: undefined },
  };
  let isAway = true;
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const route = createMetricsRoute(
    metrics,
    async () => {
      if (isAway) throw new Error('away');
      return standing;
    },
    () => true,
  );
  const told = async () => {
    now += 60_000;
    const texts: string[] = [];
    const response = {
      writeHead: () => response,
      end: (text: string) => void texts.push(text),
    };
    await Reflect.apply(route.handler, undefined, [undefined, response]);
    return [...texts.join('').matchAll(/^(firebreak_[a-z_]+)(?:\{kind="[a-z-]+"\})? [0-9]/gm)].map(
      ([, name]) => name,
    );
  };
  const known = ['slack_connected', 'standing_faults_total'].map((each) => `firebreak_${each}`);
  const none = (await told()).filter((each) => each?.endsWith('_total') !== true);
  expect(none).toEqual(['firebreak_slack_connected']);
  isAway = false;
  expect(await told()).toEqual(expect.arrayContaining([...known, 'firebreak_jobs_due', 'firebreak_stopped']));
  expect(await told()).not.toContain('firebreak_export_examples');
  isAway = true;
  expect((await told()).filter((each) => each?.endsWith('_total') !== true)).toEqual(none);
});

test.runIf(hasPromtool)('every expression is one that Prometheus reads', () => {
  const records = drawn.map(({ expr }, index) => ({ record: `panel:${index}`, expr }));
  const file = join(folder, 'rules.yaml');
  writeFileSync(file, stringify({ groups: [...rules.groups, { name: 'dashboard', rules: records }] }));
  expect(execFileSync('promtool', ['check', 'rules', file], { encoding: 'utf8' })).toContain(
    `${alerts.length + records.length} rules found`,
  );
});

/** What is measured, minute by minute, and which alerts stand after a quarter of an hour. */
const cases: readonly { name: string; series: Readonly<Record<string, string>>; stand: readonly string[] }[] =
  [
    {
      name: 'all is well',
      series: {
        'up{job="firebreak"}': '1x90',
        firebreak_slack_connected: '1x90',
        'firebreak_outbox_oldest_age_seconds{kind="card"}': '1x90',
        'firebreak_moves_total{to="verifying"}': '0+1x90',
        'firebreak_verdicts_total{verb="scale",result="verified"}': '0+1x90',
        firebreak_audit_head_age_seconds: '30x90',
        'firebreak_blind_spots{kind="card-without-post"}': '0x90',
        firebreak_blind_spots_age_seconds: '1800x90',
        firebreak_export_examples: '33x90',
        firebreak_export_age_seconds: '600000x90',
      },
      stand: [],
    },
    {
      name: 'the chain is broken, and what was learned is nothing',
      series: {
        'up{job="firebreak"}': '1x90',
        'firebreak_blind_spots{kind="card-without-post"}': '0x90',
        'firebreak_blind_spots{kind="execution-without-verdict"}': '33x90',
        firebreak_export_examples: '0x90',
      },
      stand: ['FirebreakBlindSpot', 'FirebreakExportEmpty'],
    },
    {
      name: 'nobody looks, and nobody exports',
      series: {
        'up{job="firebreak"}': '1x90',
        'firebreak_blind_spots{kind="card-without-post"}': '0x90',
        firebreak_blind_spots_age_seconds: '10000+60x90',
        firebreak_export_age_seconds: '691000+60x90',
      },
      stand: ['FirebreakBlindSpotsUnseen', 'FirebreakExportLate'],
    },
    { name: 'no replica', series: { 'up{job="firebreak"}': '0x90' }, stand: ['FirebreakDown'] },
    { name: 'none at all', series: { 'up{job="other"}': '1x90' }, stand: ['FirebreakDown'] },
    {
      name: 'Slack is away, and a card waits',
      series: {
        'up{job="firebreak"}': '1x90',
        firebreak_slack_connected: '0x90',
        'firebreak_outbox_oldest_age_seconds{kind="card"}': '0+60x90',
      },
      stand: ['FirebreakCardsWait', 'FirebreakSlackDisconnected'],
    },
    {
      name: 'the database is away',
      series: { 'up{job="firebreak"}': '1x90', firebreak_standing_faults_total: '0+2x90' },
      stand: ['FirebreakDatabaseAway'],
    },
    {
      name: 'changes without verdicts',
      series: {
        'up{job="firebreak"}': '1x90',
        'firebreak_moves_total{to="verifying"}': '0+1x90',
        'firebreak_verdicts_total{verb="scale",result="verified"}': '5x90',
        firebreak_audit_head_age_seconds: '1x90',
      },
      stand: ['FirebreakNoVerdicts'],
    },
    {
      name: 'what is done does not help',
      series: {
        'up{job="firebreak"}': '1x90',
        'firebreak_verdicts_total{verb="scale",result="not_verified"}': '0+1x90',
        'firebreak_verdicts_total{verb="scale",result="verified"}': '0x90',
      },
      stand: ['FirebreakNotVerified'],
    },
    {
      name: 'steps fail, stand still and queue up',
      series: {
        'up{job="firebreak"}': '1x90',
        'firebreak_step_duration_seconds_count{step="step",outcome="tried again"}': '0+10x90',
        'firebreak_step_duration_seconds_count{step="step",outcome="done"}': '0+1x90',
        'firebreak_remediation_oldest_age_seconds{state="executing"}': '3000+60x90',
        'firebreak_remediation_oldest_age_seconds{state="waiting"}': '30000x90',
        firebreak_jobs_oldest_due_age_seconds: '0+60x90',
      },
      stand: ['FirebreakQueueBehind', 'FirebreakStepsFail', 'FirebreakStuck'],
    },
    {
      name: 'a policy that waits for the database is no wrong policy',
      series: {
        'up{job="firebreak"}': '1x90',
        'firebreak_policy_reloads_total{result="not_recorded"}': '0x80 1x10',
      },
      stand: [],
    },
    {
      name: 'a wrong policy, a wrong token, a message refused and a silent audit',
      series: {
        'up{job="firebreak"}': '1x90',
        'firebreak_policy_reloads_total{result="refused"}': '0x80 1x10',
        'firebreak_http_requests_total{path="/webhooks/alertmanager",status="401"}': '0+1x90',
        'firebreak_http_requests_total{path="/webhooks/alertmanager",status="200"}': '0+1x90',
        firebreak_outbox_failed_messages: '1x80 2x10',
        'firebreak_moves_total{to="waiting"}': '0+1x90',
        firebreak_audit_head_age_seconds: '0+60x90',
      },
      stand: [
        'FirebreakAuditSilent',
        'FirebreakMessageRefused',
        'FirebreakPolicyRefused',
        'FirebreakWebhookRefused',
      ],
    },
  ];

test.runIf(hasPromtool).each(cases)('alerts: $name', ({ series, stand }) => {
  writeFileSync(join(folder, 'alerts.yaml'), stringify({ groups: rules.groups }));
  const file = join(folder, 'case.yaml');
  const spec = {
    rule_files: ['alerts.yaml'],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: [
          {
            expr: 'sort(count by (alertname) (ALERTS{alertstate="firing"}))',
            eval_time: '88m',
            exp_samples: stand.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
          },
        ],
      },
    ],
  };
  writeFileSync(file, stringify(spec));
  expect(execFileSync('promtool', ['test', 'rules', file], { encoding: 'utf8' })).toContain('SUCCESS');
});
