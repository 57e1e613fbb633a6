import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropAnchor } from '../../../src/adapters/postgres/audit/anchors.ts';
import { type ChainedEntry, chain } from '../../../src/adapters/postgres/audit/chain.ts';
import { chainedEntry } from '../../../src/adapters/postgres/audit/line.ts';
import { moves, type Remediation } from '../../../src/domain/remediation.ts';
import { type Json, json } from '../../../src/domain/text/json.ts';
import { approvalsRequired, tierCeiling, tierFloor } from '../../../src/domain/tier.ts';
import { openDatabase, type TestDatabase } from '../../support/database.ts';
import { type Life, live } from '../../support/lived.ts';
import { sha256 } from '../../support/sha256.ts';
import { firebreak } from '../firebreak.ts';
import { another, asObject, changedAt, failing, leaves, verifier, verify, without } from './verifier.ts';

/* A remediation is lived through, its receipt is printed, and whoever is handed it holds it against a head from elsewhere. */

let db: TestDatabase;
let folder: string;
let dual: Remediation;
let text: string;
let receipt: Json;
let head: { seq: number; hash: string };

const ask = (number: number, ...options: readonly string[]) =>
  firebreak(['receipt', String(number), ...options], { DATABASE_URL: db.url });

const anchor = () =>
  dropAnchor({
    knex: db.knex,
    newId: randomUUID,
    channel: 'C0OPS',
    now: '2026-03-02T12:00:00.000Z',
    every: { minutes: 60, lines: 1 },
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-receipt-'));
  db = await openDatabase();
  const command = 'scale deployment/web --replicas=1 -n production';
  dual = await live(db, { command, approvers: ['U0BEN', 'U0CAT'] });
  await live(db, { command: 'rollout restart deployment/web -n shop', approvers: ['U0ANN'] });
  const noted = await anchor();
  if (noted === undefined) throw new Error('there is nothing to anchor');
  head = { seq: noted.seq, hash: noted.hash };
  text = (await ask(dual.number)).stdout;
  receipt = json.parse(JSON.parse(text));
});
afterAll(async () => {
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});

const headText = () => `${head.seq}:${head.hash}`;

test('it holds with the head, or with the anchor file, and each check has its line', () => {
  expect(dual).toMatchObject({ state: 'succeeded', spec: { tier: 'dual' } });
  const held = verify(text, folder, '--head', headText());
  expect(held).toMatchObject({ code: 0, stderr: '' });
  expect(held.lines.map((line) => line.split(/ +/, 2).join(' '))).toEqual(
    ['form', 'chain', 'anchored', 'road', 'record', 'digest', 'votes', 'approvals', 'outcome'].map(
      (name) => `ok ${name}`,
    ),
  );
  expect(held.lines).toContainEqual(expect.stringContaining('2 approvals needed, 2 given before'));
  const anchors = join(folder, 'anchors.txt');
  writeFileSync(anchors, `2026-03-02T12:00:00.000Z ${headText()}\n`);
  expect(verify(text, folder, '--anchors', anchors).code).toBe(0);
});

test('the same again has the same bytes, whatever came after', async () => {
  await live(db, { command: 'rollout restart deployment/web -n shop', approvers: ['U0ANN'] });
  expect((await ask(dual.number)).stdout).toBe(text);
});

test('without a head from elsewhere it proves nothing, and says so', () => {
  expect(verify(text, folder)).toMatchObject({ code: 2 });
  expect(failing(verifier.check(receipt, []))).toEqual([]);
  const other = { seq: head.seq, hash: 'f'.repeat(64) };
  expect(failing(verifier.check(receipt, [other]))).toEqual(['anchored']);
  expect(verify('{}', folder, '--head', headText()).code).toBe(1);
  expect(verify('no JSON', folder, '--head', headText()).code).toBe(2);
});

describe('tampered with', () => {
  const isFound = (tampered: Json) => failing(verifier.check(tampered, [head])).length > 0;
  const unseal = (paths: readonly (readonly string[])[]) => paths.map((path) => path.join('.')).toSorted();

  test('every field that is changed is found, but those that are for people', () => {
    const all = [...leaves(receipt)];
    expect(all.length).toBeGreaterThan(200);
    const unfound = all.filter((path) => !isFound(changedAt(receipt, path, another)));
    expect(unseal(unfound)).toEqual(['notSealed.command', 'notSealed.incident', 'notSealed.number']);
  });

  test('every field that is left out is found', () => {
    const all = [...leaves(receipt)].filter((path) => path.length > 1);
    const unfound = all.filter((path) => !isFound(without(receipt, path)));
    expect(unseal(unfound)).toEqual([]);
  });

  test('a key that is added anywhere is found', () => {
    const places = [...leaves(receipt)].map((path) => path.slice(0, -1)).filter((path) => path.length > 0);
    const unfound = places.filter(
      (path) =>
        !isFound(
          changedAt(receipt, path, (is) => (Array.isArray(is) ? [...is, 'x'] : { ...asObject(is), more: 1 })),
        ),
    );
    expect(unseal(unfound)).toEqual([]);
  });
});

describe('forged with a chain of its own, and its head believed', () => {
  const sealed = () => asObject(asObject(receipt)['sealed']);
  const linesOf = () => chainedEntry.array().parse(sealed()['lines']);
  const forged = (lines: readonly ChainedEntry[], more: Json = {}): readonly string[] => {
    const [first] = lines;
    if (first === undefined) throw new Error('no line is left');
    const linked = chain(lines, { seq: first.seq - 1, hash: first.prev }, sha256);
    const last = linked.at(-1) ?? head;
    const changed = json.parse({
      ...asObject(receipt),
      sealed: { ...sealed(), ...asObject(more), lines: linked },
    });
    return failing(verifier.check(changed, [{ seq: last.seq, hash: last.hash }]));
  };

  test('as it is, it holds', () => expect(forged(linesOf())).toEqual([]));

  test('with one approval less it does not suffice', () => {
    const lines = linesOf().filter(({ actor }) => actor !== 'U0CAT');
    const votes = chosenVotes(({ user_id }) => user_id !== 'U0CAT');
    expect(forged(lines, { votes })).toEqual(['approvals']);
  });

  test('an approval that came after the execution does not count', () => {
    const late = linesOf().filter(({ actor }) => actor === 'U0CAT');
    const lines = [...linesOf().filter(({ actor }) => actor !== 'U0CAT'), ...late];
    expect(forged(lines)).toEqual(['approvals']);
  });

  test('a rejection before the execution is not overlooked', () => {
    const lines = linesOf().map((line) => (line.actor === 'U0BEN' ? { ...line, event: 'reject' } : line));
    expect(forged(lines)).toEqual(['votes', 'approvals']);
  });

  test('a step that is left out leaves a gap', () => {
    expect(forged(linesOf().filter(({ to }) => to !== 'verifying'))).toEqual(['road']);
  });

  function chosenVotes(chosen: (vote: Record<string, Json>) => boolean): Json {
    const votes = sealed()['votes'];
    return Array.isArray(votes) ? votes.filter((vote) => chosen(asObject(vote))) : [];
  }
});

const lives: readonly (readonly [string, Life])[] = [
  ['waiting', { command: 'rollout restart deployment/web -n shop', until: 'waiting' }],
  ['approved by one', { command: 'rollout restart deployment/web -n shop', approvers: ['U0ANN'] }],
  [
    'not verified',
    { command: 'rollout restart deployment/web -n shop', approvers: ['U0ANN'], world: { crashing: true } },
  ],
  [
    'of nothing that is there',
    { command: 'rollout restart deployment/web -n shop', world: { absent: true } },
  ],
  [
    'refused by the API server',
    { command: 'rollout restart deployment/web -n shop', world: { dryRunRefused: 'no' } },
  ],
  ['blocked', { command: 'rollout restart deployment/web -n kube-system' }],
];
test.each(lives)('a receipt holds for one that is %s', async (_name, life) => {
  const row = await live(db, life);
  const early = await ask(row.number);
  expect(early.stderr).toMatch(/no head after its last line has been anchored yet. Keep \d+:[0-9a-f]{64}/);
  const noted = await anchor();
  const { code, stdout, stderr } = await ask(row.number);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const held = verify(stdout, folder, '--head', `${noted?.seq}:${noted?.hash}`);
  expect(held.lines.filter((line) => !line.startsWith('ok'))).toEqual([]);
});

test('a head may be asked for, and must be one of the chain after its end', async () => {
  const { rows } = await db.knex.raw('select seq, hash from audit_head');
  const later = `${rows[0].seq}:${rows[0].hash}`;
  const { stdout } = await ask(dual.number, '--head', later);
  expect(verify(stdout, folder, '--head', later).code).toBe(0);
  expect(await ask(dual.number, '--head', `${rows[0].seq}:${'f'.repeat(64)}`)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is not the one that the head names'),
  });
  expect((await ask(dual.number, '--head', `1:${'f'.repeat(64)}`)).stderr).toContain(
    'give a head of that line or a later',
  );
  expect(await ask(999)).toMatchObject({
    code: 1,
    stderr: 'firebreak receipt: remediation 999 is not known.\n',
  });
});

test('the verifier knows the moves and the tiers that there are', () => {
  const left = Object.entries(moves).filter(([, to]) => to.length > 0);
  expect(verifier.moves).toEqual(Object.fromEntries(left));
  const needed = Object.entries(verifier.tiers).map(([tier, { approvals }]) => [tier, approvals]);
  expect(Object.fromEntries(needed)).toEqual({ ...approvalsRequired, blocked: Number.POSITIVE_INFINITY });
  const bounds = (of: 'from' | 'to') =>
    Object.fromEntries(Object.entries(verifier.tiers).map(([tier, each]) => [tier, each[of]]));
  expect([bounds('from'), bounds('to')]).toEqual([tierFloor, tierCeiling]);
});
