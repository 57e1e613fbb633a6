import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { createAlertRoute } from '../../../src/adapters/http/alert-route.ts';
import { readAlertmanager } from '../../../src/adapters/http/alertmanager.ts';
import { keyed } from '../../../src/adapters/slack/blocks.ts';
import { incidentCard } from '../../../src/adapters/slack/cards/incident.ts';
import { faultsOf } from '../../../src/adapters/slack/limits.ts';
import { escapeMrkdwn } from '../../../src/adapters/slack/text.ts';
import { loadPlaybooks } from '../../../src/config.ts';
import { labelName, objectName } from '../../../src/domain/action.ts';
import { withMore } from '../../../src/domain/incidents/grouped.ts';
import type { Alert, Incident } from '../../../src/domain/incidents/incident.ts';
import { placeholderNames } from '../../../src/domain/incidents/placeholders.ts';
import { subjectOf, targetOf } from '../../../src/stages/intake/alert-target.ts';
import { matchPlaybook } from '../../../src/stages/intake/match.ts';
import { fillTemplate } from '../../../src/stages/intake/template.ts';
import { allText, foreignMarkup, unseen } from '../slack/hostile.ts';

/** Texts that are meant to be more than a text, by what they are meant to be. */
const texts: Readonly<Record<string, string>> = {
  'a mention of the channel': '<!channel>',
  'a mention of everybody, as markup writes it': '&lt;!everyone&gt; &amp;lt;!here&amp;gt;',
  'a mention of a person': '<@U0EVIL>',
  'a mention of a group': '<!subteam^S0EVIL|admins>',
  'a link with another text': '<https://evil.example/?a=1&b=2|Approved by @alice>',
  'a bare link': 'https://evil.example/<!here>',
  'a date': '<!date^1392734382^Approved {date}|now>',
  'an end of code': '` ``` `<!channel>` ```',
  'bold and struck': '*Approved* ~rejected~ _by alice_ :white_check_mark:',
  'a quotation': '>>> everything after this',
  blocks: '"}},{"type":"section","text":{"type":"mrkdwn","text":"<!channel>"}}],"x":[{"y":"',
  'a button':
    '{"type":"actions","elements":[{"type":"button","action_id":"remediation:approve","value":"x"}]}',
  'colours of a terminal': '\u001b[2J\u001b[1;31mred\u001b[0m\u009b31m',
  'a title of a terminal': '\u001b]0;owned\u0007',
  'a line of a log': 'x\r\n{"level":30,"msg":"Approved by alice"}\r\n',
  'lines of other alphabets': 'a\u2028b\u2029c\u0085d\u000be\u000cf',
  'right to left': '\u202Egnp.exe\u202C \u2066x\u2069',
  'what nobody sees': 'we\u200Bb\u200D\u2060\uFEFF\u00AD\u{E0041}',
  'a NUL': 'a\0b',
  'half a letter': '\uD800x\uDC00',
  'what is no UTF-8': Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0x41]).toString('utf8'),
  '100 kB': '<!here>'.repeat(15_000),
  '100 kB of one letter': '&'.repeat(100_000),
  'letters of four bytes': '𝒳'.repeat(3_000),
  'a flag': '--all-namespaces',
  'a short flag': '-nkube-system',
  'a flag behind a name': 'web --replicas=0',
  'two names': 'web,ledger',
  'every name': '*',
  'a path': `${'../'.repeat(2)}kube-system/secrets/x`,
  'a name with a path': 'web/../../namespaces/prod',
  'an encoded path': 'web%2F..%2F..',
  'a query': 'web?dryRun=All&force=true#',
  'a shell': '$(kubectl delete ns prod); `id` | sh && true',
  'a template': '{{kind}}/{{name}} $' + '{process.env.TOKEN} #{x} <%= x %>',
  'a prototype': '__proto__',
  'a constructor': 'constructor',
  SQL: `'; drop table remediations; --`,
  nothing: '',
  blanks: ' \t ',
};

/** Where it stands: all else in the alert is as it should be. */
const places: Readonly<Record<string, (text: string) => object>> = {
  alertname: (text) => ({ labels: { alertname: text } }),
  namespace: (text) => ({ labels: { namespace: text } }),
  pod: (text) => ({ labels: { pod: text } }),
  exported_pod: (text) => ({ labels: { exported_pod: text } }),
  exported_namespace: (text) => ({ labels: { exported_namespace: text, exported_pod: 'web-1' } }),
  deployment: (text) => ({ labels: { deployment: text } }),
  node: (text) => ({ labels: { pod: '', node: text } }),
  'workload and its type': (text) => ({ labels: { workload: text, workload_type: text } }),
  severity: (text) => ({ labels: { severity: text } }),
  'the name of a label': (text) => ({ labels: { [text]: 'x' } }),
  'the name and the value': (text) => ({ labels: { [text]: text } }),
  summary: (text) => ({ annotations: { summary: text } }),
  description: (text) => ({ annotations: { description: text } }),
  fingerprint: (text) => ({ fingerprint: text }),
};

const cases = Object.entries(texts).flatMap(([what, text]) =>
  Object.entries(places).map(([where, place]) => ({ what, where, place: place(text) })),
);

/** The alert as it comes through the door: as bytes of JSON. */
function through(place: { labels?: object; annotations?: object; fingerprint?: string }): unknown {
  const labels = { alertname: 'KubePodCrashLooping', namespace: 'shop', pod: 'web-7d4b9c6f5-x2x9k' };
  const sent = {
    ...{ status: 'firing', startsAt: '2026-01-31T10:00:00Z', fingerprint: 'f' },
    ...place,
    labels: { ...labels, ...place.labels },
    annotations: { summary: 'It crashes.', ...place.annotations },
  };
  return JSON.parse(Buffer.from(JSON.stringify({ version: '4', alerts: [sent] })).toString('utf8'));
}

function alertOf(place: object): Alert {
  const read = readAlertmanager(through(place));
  if (read.kind !== 'alerts' || read.alerts[0] === undefined)
    throw new Error(JSON.stringify(read).slice(0, 300));
  return read.alerts[0];
}

const playbooks = loadPlaybooks(join(import.meta.dirname, '../../../examples/playbooks'));

/** Only a name is a name: what is not is refused before anything is asked of the cluster. */
function expectNames(alert: Alert): void {
  const found = targetOf(alert);
  if (found.kind === 'none') return;
  const { namespace, name } =
    found.kind === 'object'
      ? found.target
      : found.kind === 'pod'
        ? { ...found, name: found.pod }
        : { namespace: undefined, ...found };
  expect(objectName.safeParse(name).success).toBe(true);
  if (namespace !== undefined) expect(labelName.safeParse(namespace).success).toBe(true);
}

/** Even where the checks before were missing: a template takes names and nothing else. */
function expectTemplates(alert: Alert): void {
  const values = Object.fromEntries(
    placeholderNames.map((name) => [name, alert.labels[name] ?? alert.labels['deployment']]),
  );
  const filled = fillTemplate('rollout restart deployment/{{name}} -n {{namespace}}', values);
  if (filled.kind !== 'action') return;
  expect(filled.action).toMatchObject({ verb: 'rollout restart', target: { kind: 'Deployment' } });
  expect(Object.keys(filled.action).toSorted()).toEqual(['target', 'verb']);
  const { target } = filled.action;
  expect('name' in target && objectName.safeParse(target.name).success).toBe(true);
}

const incidentOf = (alert: Alert, more: Partial<Incident> = {}): Incident => ({
  id: '4b5a6d1e-9d53-4a53-8f0a-7f3f5a1c0003',
  ...{ state: 'triaged', version: 1, dedupKey: 'x', title: alert.labels['alertname'] ?? '', alert },
  createdAt: '2026-01-31T10:00:00.000Z',
  ...more,
});

function expectText(incident: Incident): void {
  const { blocks, text } = incidentCard({ kind: 'incident', incident });
  expect(faultsOf(keyed(blocks, 'incident:x', 1))).toEqual([]);
  expect(foreignMarkup(blocks)).toEqual([]);
  expect(unseen(allText(blocks))).toEqual([]);
  // The text beside the blocks is markup, too, and sent through this.
  expect(escapeMrkdwn(text).match(/[<>]/g) ?? []).toEqual([]);
  expect(text.length).toBeLessThanOrEqual(4_000);
}

test('there are five hundred of them', () => {
  expect(cases.length).toBeGreaterThanOrEqual(500);
});

test.each(cases)('$what in $where', ({ place }) => {
  const alert = alertOf(place);
  expect(Object.getPrototypeOf(alert.labels)).toBe(Object.prototype);
  expectNames(alert);
  expectTemplates(alert);
  matchPlaybook(alert, playbooks);
  const found = targetOf(alert);
  const noAction = found.kind === 'none' ? found.reason : 'No playbook matches the alert.';
  expectText(incidentOf(alert, { noAction }));
  const subject = `${subjectOf(alert)}: ${alert.labels['alertname'] ?? ''}`;
  expectText(incidentOf(alert, { grouped: withMore(undefined, [subject, subject], alert.startsAt) }));
});

describe('what is left out is one line of the answer and of the log', () => {
  /** The lines that the program writes while it answers a body, and the answer. */
  async function posted(body: unknown): Promise<{ lines: readonly string[]; answer: string }> {
    const written: string[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        written.push(String(chunk));
        done();
      },
    });
    const source = { name: 'alertmanager', path: '/a', variable: 'A', read: readAlertmanager };
    const token = 'a-token-of-the-table';
    const ingest = async () => ({ opened: 0, known: 0, resolved: 0 });
    const { handler } = createAlertRoute({ source, token, ingest, log: pino({ level: 'debug' }, stream) });
    const { createServer } = await import('node:http');
    const server = createServer((request, response) => void handler(request, response));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`http://127.0.0.1:${port}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    const answer = await response.text();
    server.close();
    return { lines: written, answer };
  }

  const good = { status: 'firing', labels: { alertname: 'A' }, startsAt: '2026-01-31T10:00:00Z' };
  test.each(Object.entries(texts))('%s as the name of a label that is no text', async (_what, text) => {
    const { lines, answer } = await posted({
      version: '4',
      alerts: [good, { ...good, labels: { [text]: [] } }],
    });
    expect(lines.length).toBeLessThanOrEqual(1);
    for (const line of lines) {
      expect(line.endsWith('\n')).toBe(true);
      expect(unseen(line.slice(0, -1).replaceAll('\n', '\u0000'))).toEqual([]);
      expect(line.length).toBeLessThan(2_000);
    }
    expect(answer.endsWith('\n')).toBe(true);
    expect(unseen(answer.slice(0, -1).replaceAll('\n', '\u0000'))).toEqual([]);
    expect(answer.length).toBeLessThan(1_000);
  });
});
