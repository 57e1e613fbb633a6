import { redact } from '../../src/domain/text/redact.ts';
import { parseCommand } from '../../src/stages/intake/command.ts';
import { renderRefusal } from '../../src/stages/intake/grammar/render.ts';
import { splitReason } from '../../src/stages/intake/reason.ts';
import { harmlessLines } from '../fixtures/harmless-lines.ts';
import type { Contestant, Effort } from './rounds.ts';
import { alternate, compare, quantile } from './rounds.ts';
import type { Row } from './table.ts';

/** Texts made to be slow, of about this many characters. Each is one that a pattern with a star would try again. */
const shapes: readonly ((size: number) => string)[] = [
  (size) => `scale deployment/web ${'--replicas='.repeat(size / 11)}`,
  (size) => `rollout restart deployment/${'a-'.repeat(size / 2)}!`,
  (size) => ' '.repeat(size),
  (size) => `set image deployment/web ${'web='.repeat(size / 4)}`,
  (size) => `"${'\\"'.repeat(size / 2)}`,
  (size) => `scale ${'-n '.repeat(size / 3)}`,
  (size) => `scale --token=${'a'.repeat(size)}`,
  (size) => 'eyJ'.repeat(size / 3),
  (size) => 'a.b:'.repeat(size / 4),
  (size) => '-----BEGIN '.repeat(size / 11),
  (size) => `annotate pod/web "a=${'\\"'.repeat(size / 2)}"`,
  (size) => `annotate pod/web ${"'' ".repeat(size / 3)}`,
  (size) => `label pod/web ${'a=b '.repeat(size / 4)}`,
  (size) => `set env deployment/web ${'-e '.repeat(size / 3)}`,
  (size) => `set resources deployment/web --limits="${'cpu=1,\\$'.repeat(size / 8)}"`,
  (size) => `taint node web ${'a:NoExecute- '.repeat(size / 13)}`,
  (size) => `delete pod ${'web-0 '.repeat(size / 6)}`,
  (size) => `delete pod -l '${'a in (b),'.repeat(size / 9)}'`,
  (size) => `delete pod -l '${'!'.repeat(size)}'`,
  (size) => `patch deployment/web -p '${'{"a":'.repeat(size / 5)}'`,
  (size) => `patch deployment/web -p '{"metadata":{"labels":{${fields(size)}}}}'`,
  (size) => `patch deployment/web -p "{${'\\"a\\":[],'.repeat(size / 9)}"`,
  (size) => `patch deployment/web -p '"${'\\u0061'.repeat(size / 6)}'`,
  (size) =>
    `patch deployment/web --type=json -p '[${`${operation},`.repeat(size / (operation.length + 1))}{}]'`,
];

/** A key of its own for every label, so that no duplicate stops the reading early. */
function fields(size: number): string {
  return Array.from({ length: Math.floor(size / 16) }, (_, i) => `"k${String(i).padStart(8, '0')}":""`).join(
    ',',
  );
}

const operation = '{"op":"add","path":"/metadata/labels/a","value":"b"}';

/** P3: how much longer a command of 100 kB takes than one of 10 kB; ten times is linear. */
export async function measureHostile(effort: Effort): Promise<readonly Row[]> {
  return [
    await slowest('P3 hostile 100 kB command', { ours: 100_000, reference: 10_000 }, '10 kB', effort),
    // More than 50,000 characters are not read at all.
    await slowest(
      'P3 hostile command, the longest that is read',
      { ours: 49_000, reference: 4_900 },
      '4.9 kB',
      effort,
    ),
    await slowest(
      'P3 redaction of hostile 1 MB',
      { ours: 1_000_000, reference: 100_000 },
      '100 kB',
      effort,
      redacting,
    ),
    ...(await besideScan(effort)),
  ];
}

const megabyte = 1_000_000;

/** Redaction beside a bare look at every character of the same text: lines of logs, and the slowest of the texts below. */
async function besideScan(effort: Effort): Promise<readonly Row[]> {
  const lines = harmlessLines().join('\n');
  const texts = {
    'redaction of 1 MB of logs': [lines.repeat(megabyte / lines.length)],
    'redaction of the slowest 1 MB': beginnings.map((beginning) =>
      beginning.repeat(megabyte / beginning.length),
    ),
  };
  const rows: Row[] = [];
  for (const [measure, all] of Object.entries(texts)) {
    const rounds = await alternate({ ours: speed(all, redact), reference: speed(all, scan) }, effort);
    const compared = compare(rounds, 'speed');
    rows.push({ measure: `P3 ${measure}`, unit: 'MB/s', reference: 'bare scan', compared, good: 'large' });
  }
  return rows;
}

/** The slowest of the texts, by the best of its times: what else the machine does is no part of it. */
function speed(texts: readonly string[], work: (text: string) => unknown): Contestant {
  return {
    burst: async (seconds) => {
      const best = texts.map((text) => Math.min(...timesOf(text, seconds / texts.length, work)));
      return { speed: megabyte / 1000 / Math.max(...best) };
    },
  };
}

/** Each character is looked at once; the sum keeps the look from being left out. */
function scan(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at += 1) sum = (sum + text.charCodeAt(at)) | 0;
  return sum;
}

/** Texts made to be slow to redact: what begins a secret again and again, and one character for ever. */
const beginnings = [
  ...[
    '-eyJ',
    'a',
    'A',
    '_',
    ' ',
    '-',
    '://',
    'a://b:c@',
    '-----BEGIN RSA PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
  ],
  ...[
    'password=',
    'password: ',
    'password="',
    'a=',
    '"token":"',
    'ghp_',
    'sk-',
    'mysql -p',
    'curl -u a:',
    '%41',
  ],
  ...[
    'LS0tLS1CRUdJTi',
    'YWFh',
    'kind: Secret\ndata:\n',
    'kind: Secret data: {"a":"',
    'name: a\n value: ',
    '$2a$',
  ],
  ...[
    'curl -b a=b\n',
    'consul --token=a ',
    'bindpw a ',
    '"password":"x",',
    `${'a'.repeat(64)}\n`,
    'fm1_',
    'ghs_1_',
  ],
  ...['=', 'token ', 'bearer ', 'api-key ', '--key Ab1', 'a%41 ', 'cGFzc3dvcmQ9aGVsbG8x ', 'secret: x\n'],
];

function redacting(size: number): Contestant {
  const texts = beginnings.map((beginning) => beginning.repeat(size / beginning.length));
  return measured(texts, redact);
}

async function slowest(
  measure: string,
  sizes: { readonly ours: number; readonly reference: number },
  reference: string,
  effort: Effort,
  contestant: (size: number) => Contestant = parsing,
): Promise<Row> {
  const contestants = { ours: contestant(sizes.ours), reference: contestant(sizes.reference) };
  const rounds = await alternate(contestants, effort);
  return {
    measure,
    unit: 'ms',
    reference,
    compared: compare(rounds, 'slowest'),
    good: 'small',
    gate: 15,
    goal: 11,
  };
}

function parsing(size: number): Contestant {
  return measured(
    shapes.map((shape) => shape(size)),
    refuse,
  );
}

function measured(texts: readonly string[], work: (text: string) => void): Contestant {
  return {
    burst: async (seconds) => {
      const times = texts.map((text) => timesOf(text, seconds / texts.length, work));
      return { slowest: Math.max(...times.map((all) => quantile(all, 0.5))) };
    },
  };
}

/** All that is done with a text before anything is written: the reason is split off, it is parsed, refused, redacted. */
function refuse(text: string): void {
  const { command } = splitReason(text);
  const parsed = parseCommand(command);
  if (parsed.kind !== 'refused') throw new Error('A hostile command was accepted.');
  redact(command);
  redact(parsed.refusal.reason);
  renderRefusal(command, parsed.refusal);
}

function timesOf(text: string, seconds: number, work: (text: string) => unknown): number[] {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  // The second one at least is of code that has been compiled.
  while (performance.now() < end || times.length < 2) {
    const start = performance.now();
    work(text);
    times.push(performance.now() - start);
  }
  return times;
}
