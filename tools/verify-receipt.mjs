#!/usr/bin/env node
/*
 * Checks a receipt of `firebreak receipt` offline. One file, Node 20 or newer, no package, no network, no database:
 *
 *   node verify-receipt.mjs receipt.json --head LINE:HASH
 *   node verify-receipt.mjs receipt.json --anchors audit-anchors.txt
 *
 * The head is what makes it a proof, so it must come from elsewhere: from the message in Slack or the anchor file. One line
 * for each check. Ends with 0 when all hold, 1 when one fails, 2 when something could not be checked.
 *
 * What is under `notSealed` (the number, the incident's id, the command in words) is for people and proves nothing.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** RFC 8785 as far as JSON.parse gives it: keys sorted by UTF-16 code unit, no spaces. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`;
}

const same = (a, b) => canonical(a ?? null) === canonical(b ?? null);

/** The moves that there are, by the state that is left. */
export const moves = {
  requested: ['evaluated', 'blocked', 'no_action', 'failed'],
  evaluated: ['waiting', 'approved', 'blocked', 'failed'],
  waiting: ['waiting', 'approved', 'rejected', 'expired', 'no_action'],
  approved: ['approved', 'pr_open', 'executing', 'superseded', 'expired', 'failed', 'no_action'],
  pr_open: ['pr_open', 'verifying', 'rejected', 'expired', 'failed'],
  executing: ['executing', 'verifying', 'failed'],
  verifying: ['verifying', 'learning'],
  learning: ['succeeded', 'failed', 'inconclusive'],
};

/** Distinct people who must have approved, and the scores of each tier. */
export const tiers = {
  auto: { approvals: 0, from: 0, to: 10 },
  human: { approvals: 1, from: 11, to: 50 },
  dual: { approvals: 2, from: 51, to: 99 },
  blocked: { approvals: Number.POSITIVE_INFINITY, from: 100, to: 100 },
};

const lineKeys = 'actor at dataDigest event from hash kind prev remediation seq to version';
const voteKeys = 'at checked_at decision digest reason remediation_id roles team_id user_id';
const keysOf = (value) => Object.keys(value).sort().join(' ');

const ok = (sentence) => ({ result: 'ok', sentence });
const fails = (sentence) => ({ result: 'FAILS', sentence });
const open = (sentence) => ({ result: 'open', sentence });

/** The hash of a line over all its fields; a move without an actor is hashed as when there were no other lines. */
function hashOf({ hash: _hash, ...line }) {
  const { kind, actor, ...rest } = line;
  return sha256(canonical(kind === 'move' && actor === null ? rest : line));
}

function form({ format, withheld, notSealed, sealed, ...more }) {
  const isForm =
    format === 'firebreak-receipt/1' &&
    Object.keys(more).length === 0 &&
    Array.isArray(withheld) &&
    keysOf(notSealed) === 'command incident number' &&
    keysOf(sealed) === 'binding lines remediation votes' &&
    keysOf(sealed.remediation) === 'data id state version' &&
    sealed.lines.length > 0 &&
    sealed.lines.every((line) => keysOf(line) === lineKeys) &&
    sealed.votes.every((vote) => keysOf(vote) === voteKeys);
  return isForm
    ? ok('It is a receipt of a format that is known here.')
    : fails('It is no receipt of a known format.');
}

function chain({ sealed: { lines } }) {
  for (const [index, line] of lines.entries()) {
    const before = lines[index - 1];
    if (before !== undefined && line.seq !== before.seq + 1)
      return fails(`Line ${before.seq + 1} is missing.`);
    if (before !== undefined && line.prev !== before.hash)
      return fails(`Line ${line.seq} does not name the hash of the line before it.`);
    if (hashOf(line) !== line.hash) return fails(`Line ${line.seq} was changed: its hash does not fit it.`);
  }
  return ok(
    `${lines.length} lines of the audit chain, ${lines[0].seq} to ${lines.at(-1).seq}, hang together.`,
  );
}

function anchored({ sealed: { lines } }, heads) {
  const last = lines.at(-1);
  if (heads.length === 0)
    return open(
      `Give a head that was noted outside (--head or --anchors): it ends with ${last.seq}:${last.hash}.`,
    );
  const wrong = heads.find(({ seq, hash }) => lines.some((line) => line.seq === seq && line.hash !== hash));
  if (wrong !== undefined)
    return fails(`Line ${wrong.seq} is not the one that the head noted outside names.`);
  if (heads.some(({ seq, hash }) => seq === last.seq && hash === last.hash))
    return ok(`The last line, ${last.seq}, is a head that was noted outside.`);
  return open(`No head given is of line ${last.seq}: ask for a receipt with --head ${heads.at(-1).seq}:...`);
}

const movesIn = ({ sealed: { lines, remediation } }) =>
  lines.filter(({ kind, remediation: of }) => kind === 'move' && of === remediation.id);

function road(receipt) {
  const own = movesIn(receipt);
  const [first] = own;
  if (
    first === undefined ||
    first.seq !== receipt.sealed.lines[0].seq ||
    first.version !== 0 ||
    first.from !== null
  )
    return fails('The first line is not its request: what came before is not shown.');
  if (first.to !== 'requested') return fails(`It begins as ${first.to}.`);
  for (const [index, { version, from, to, seq }] of own.slice(1).entries()) {
    const before = own[index];
    if (version !== before.version + 1 || from !== before.to || moves[from]?.includes(to) !== true)
      return fails(`Line ${seq} is no move from ${before.to}, version ${before.version}.`);
  }
  return ok(`It went ${[...new Set(own.map(({ to }) => to))].join(', ')}, one version at a time.`);
}

function record(receipt) {
  const { remediation } = receipt.sealed;
  const last = movesIn(receipt).at(-1);
  if (last?.to !== remediation.state || last.version !== remediation.version)
    return fails(
      `It says ${remediation.state}, version ${remediation.version}; its last line says otherwise.`,
    );
  const isWhole = sha256(canonical(remediation.data)) === last.dataDigest;
  const { withheld } = receipt;
  if (isWhole && withheld.length === 0)
    return ok(`Facts, verdict, plan, answers and checks are those that line ${last.seq} vouches for.`);
  if (isWhole || withheld.length === 0 || !withheld.every((path) => isCovered(receipt.sealed, path)))
    return fails(`Its record is not the one that line ${last.seq} vouches for.`);
  return open(
    `${withheld.length} values are left out, so the record cannot be held against line ${last.seq}: ask for --values.`,
  );
}

/** What is left out says so in its place. */
function isCovered(sealed, path) {
  const keys = path.split('/').slice(1);
  const value = keys.reduce((at, key) => at?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], sealed);
  return typeof value === 'string' && /\[(not shown|redacted)/.test(value);
}

function digest({ sealed: { binding, remediation } }) {
  const { data } = remediation;
  if (data.digest === undefined)
    return binding === null
      ? ok('It was never judged.')
      : fails('It was never judged, and says what was approved.');
  if (binding === null) return open('What its digest is of was worked out by another version of Firebreak.');
  if (sha256(canonical(binding)) !== data.digest)
    return fails('What was approved does not have the digest of the verdict.');
  const whole = data.git?.kind === 'request';
  if (whole && !fitsRequest(binding.request, data.git))
    return fails('The lines of the repository are not those that were approved.');
  const target = whole ? binding.target : binding;
  const fits = target.members === undefined ? fitsOne(target, data) : same(target.request, data.action);
  if (!fits || !same(data.spec.action, data.action))
    return fails('What was approved is not what the verdict is about.');
  return ok(`The digest ${data.digest.slice(0, 12)} is of this action, object, target state and rollback.`);
}

/** Of a change that goes into a repository: where, and the text of its lines. */
function fitsRequest(approved, { place: { repository, branch }, lines }) {
  const texts = lines.map(({ file, before, after }) => ({ file, before, after }));
  return same(approved, { repository, branch, lines: texts });
}

function fitsOne(binding, { action, spec, facts }) {
  const wordless = ({ sentence: _sentence, ...rest }) => rest;
  return (
    same(binding.action, action) &&
    binding.cluster === facts.cluster &&
    binding.uid === facts.identity.uid &&
    same(wordless(binding.targetState), wordless(spec.targetState)) &&
    same(wordless(binding.rollbackPlan), wordless(spec.rollbackPlan))
  );
}

function digestOfVote({ remediation_id, user_id, team_id, decision, digest, at, reason, roles, checked_at }) {
  const later = checked_at === null ? [] : [checked_at];
  return sha256(
    JSON.stringify([remediation_id, user_id, team_id, decision, digest, at, reason, roles, ...later]),
  );
}

const voteLinesIn = ({ sealed: { lines, remediation } }) =>
  lines.filter(({ kind, remediation: of }) => kind === 'vote' && of === remediation.id);

function votes(receipt) {
  const { votes: cast, remediation } = receipt.sealed;
  const latest = new Map(voteLinesIn(receipt).map((line) => [line.actor, line]));
  if (new Set(cast.map((vote) => vote.user_id)).size !== cast.length) return fails('Somebody has two votes.');
  for (const vote of cast) {
    const line = latest.get(vote.user_id);
    if (line === undefined) return fails(`No line vouches for the vote of ${vote.user_id}.`);
    if (
      vote.remediation_id !== remediation.id ||
      digestOfVote(vote) !== line.dataDigest ||
      vote.decision !== line.event
    )
      return fails(`The vote of ${vote.user_id} is not the one that line ${line.seq} vouches for.`);
  }
  const missing = [...latest.values()].find(({ actor }) => !cast.some((vote) => vote.user_id === actor));
  if (missing !== undefined) return fails(`The vote of ${missing.actor}, line ${missing.seq}, is left out.`);
  return ok(`${cast.length} votes, each with its line.`);
}

function approvals(receipt) {
  const { remediation, votes: cast } = receipt.sealed;
  const { spec, digest: wanted, requestedBy, plan, results, startedAt } = remediation.data;
  const started = movesIn(receipt).find(({ to }) => to === 'executing' || to === 'pr_open');
  if (started === undefined)
    return plan === undefined && results === undefined && startedAt === undefined
      ? ok('Nothing was carried out.')
      : fails('It says what was carried out, and no line says that it was begun.');
  const tier = tiers[spec?.tier];
  if (tier === undefined || spec.score < tier.from || spec.score > tier.to)
    return fails(`A score of ${spec?.score} is not of the tier ${spec?.tier}.`);
  const before = voteLinesIn(receipt).filter(({ seq }) => seq < started.seq);
  const rejected = before.find(({ event }) => event === 'reject');
  if (rejected !== undefined) return fails(`It was rejected by ${rejected.actor} before it was carried out.`);
  const own = requestedBy.kind === 'person' ? requestedBy.actor.userId : undefined;
  const people = cast.filter(
    (vote) =>
      vote.decision === 'approve' &&
      vote.digest === wanted &&
      vote.user_id !== own &&
      before.some(({ actor, event }) => actor === vote.user_id && event === 'approve'),
  );
  const [have, need] = [people.length, tier.approvals];
  const names = people.map((vote) => vote.user_id).join(' and ');
  if (have < need)
    return fails(
      `The tier ${spec.tier} needs ${need} approvals of this digest before line ${started.seq}, and has ${have}.`,
    );
  return ok(
    `Tier ${spec.tier}: ${need} approvals needed, ${have} given before it was begun${have === 0 ? '' : `, by ${names}`}.`,
  );
}

function outcome({ sealed: { remediation } }) {
  const { state, data } = remediation;
  const { plan, results = [], verdict } = data;
  if (results.length > (plan?.calls.length ?? 0))
    return fails('There are answers to calls that the plan does not have.');
  const wanted = { succeeded: 'verified', inconclusive: 'inconclusive' }[state];
  if (wanted !== undefined && verdict?.result !== wanted)
    return fails(`It says ${state}, and its verification does not.`);
  const calls =
    plan === undefined ? 'No call was planned' : `${results.length} of ${plan.calls.length} calls answered`;
  return ok(`${calls}; verification: ${verdict?.result ?? 'none'}.`);
}

const checks = { form, chain, anchored, road, record, digest, votes, approvals, outcome };

/** Every check by its name. What a check stumbles over has not the form of a receipt. */
export function check(receipt, heads) {
  return Object.entries(checks).map(([name, look]) => {
    try {
      return { name, ...look(receipt, heads) };
    } catch (fault) {
      return { name, ...fails(`It cannot be read: ${fault.message}`) };
    }
  });
}

function headOf(text) {
  const [, seq, hash] = /(?:^|\s)(\d{1,15}):([0-9a-f]{64})\s*$/.exec(text) ?? [];
  if (hash === undefined)
    throw new Error(`"${text}" ends with no head, such as 12:3f9a... with 64 hex digits`);
  return { seq: Number(seq), hash };
}

function run([file, option, value, ...more]) {
  const options = { '--head': () => [headOf(value)], '--anchors': () => anchorsIn(value) };
  const isUsed = file !== undefined && (option === undefined || (option in options && value !== undefined));
  if (!isUsed || more.length > 0)
    throw new Error('node verify-receipt.mjs RECEIPT [--head LINE:HASH | --anchors FILE]');
  const found = check(JSON.parse(readFileSync(file, 'utf8')), option === undefined ? [] : options[option]());
  for (const { name, result, sentence } of found)
    process.stdout.write(`${result.padEnd(5)}  ${name.padEnd(9)}  ${sentence.replaceAll(/\p{Cc}/gu, ' ')}\n`);
  if (found.some(({ result }) => result === 'FAILS')) return 1;
  return found.every(({ result }) => result === 'ok') ? 0 : 2;
}

const anchorsIn = (file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(headOf);

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    process.exitCode = run(process.argv.slice(2));
  } catch (fault) {
    process.stderr.write(`verify-receipt: ${fault.message}\n`);
    process.exitCode = 2;
  }
}
