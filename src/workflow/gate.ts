import type { Approval } from '../domain/approval.ts';
import type { Circumstances } from '../domain/circumstances.ts';
import {
  canonicalJson,
  changedLeaves,
  isJsonObject,
  type Json,
  type JsonObject,
  type LeafChange,
} from '../domain/json.ts';
import { redact } from '../domain/redact.ts';
import { membersOf, type RemediationIn } from '../domain/remediation.ts';
import { isStricter } from '../domain/tier.ts';
import { after, isPast } from '../domain/time.ts';
import { regate } from '../stages/decide/decide.ts';
import { bindingOfAll, evaluateRequest } from '../stages/evaluate/request.ts';
import * as advance from './advance.ts';
import { circumstancesOf } from './circumstances.ts';
import { kept, lookAtAll, planAll, type Seen } from './members.ts';
import type { Proposal, Step } from './ports.ts';
import { rightTo } from './right.ts';
import { rolesFor, type Setting } from './setting.ts';

type Approved = RemediationIn<'approved'>;

/** Whether an approver still has the right cannot be looked up now. */
export class ApproverUnknown extends Error {}

/**
 * The gate at the executor: everything that let this remediation through is asked again in this moment.
 * Approvals (still enough, still of this digest, still by people with the right), their age, the target (same object, same guarded fields),
 * the tier (not stricter now). Only then is the plan made that execution will follow.
 */
export async function passGate(setting: Setting, row: Approved, signal: AbortSignal): Promise<Step> {
  const moment = { now: setting.clock(), policy: setting.policy() };
  if (isPast(after(row.approvedAt, moment.policy.approvalTtlSeconds), moment.now))
    return advance.expired(row, moment);
  if (moment.policy.enforceDryRun && row.dryRun.kind !== 'accepted') {
    const reason = 'The policy lets nothing run that a dry run has not accepted, and this was not rehearsed.';
    return advance.failed(row, { stage: 'execution', reason }, moment);
  }
  const approvals = await setting.store.approvals(row.id);
  const standing = await withStanding(setting, row, approvals, moment.now);
  if (standing.kind === 'lost')
    return advance.failed(row, { stage: 'execution', reason: standing.reason }, moment);
  const { requestedBy, digest } = row;
  const gate = regate({
    tier: row.spec.tier,
    requestedBy,
    digest,
    approvals: standing.approvals,
    now: moment.now,
    roles: rolesFor(moment.policy, row)?.map(({ name }) => name),
  });
  if (gate.kind === 'refused')
    return advance.failed(row, { stage: 'execution', reason: gate.sentence }, moment);

  const sight = await lookAtAll(setting, row.action, signal);
  if (sight.kind !== 'seen') {
    return advance.failed(row, { stage: 'execution', reason: redact(sight.reason) }, moment);
  }
  const { members } = sight;
  const circumstances = await circumstancesOf(setting, row, moment.now);
  const change = changeSince(setting, row, members, circumstances);
  if (change !== undefined) return advance.superseded(row, change, again(setting, row), moment);

  const planned = planAll(members, { remediationId: row.id, stamp: row.approvedAt });
  if (planned.kind === 'refused')
    return advance.failed(row, { stage: 'execution', reason: planned.reason }, moment);
  const snapshots = members.map(({ snapshot }) => snapshot);
  return advance.cleared(row, { plan: planned.plan, snapshots, ...kept(row.action, members) }, moment);
}

/** Seconds for which a right that was looked up at the click is not looked up again: Slack may be away meanwhile. */
const rightHolds = 300;

/**
 * Asks again whether those who approved a while ago still may, and for which groups; a reason when one may not.
 *
 * @throws ApproverUnknown when it cannot be looked up now: the step is tried again until the approval is too old
 */
async function withStanding(
  setting: Setting,
  row: Approved,
  approvals: readonly Approval[],
  now: string,
): Promise<{ kind: 'standing'; approvals: Approval[] } | { kind: 'lost'; reason: string }> {
  const standing: Approval[] = [];
  for (const vote of approvals) {
    if (!isPast(after(vote.at, rightHolds), now)) {
      standing.push(vote);
      continue;
    }
    const right = await rightTo(setting, row, vote.actor);
    if (right.kind === 'unknown') throw new ApproverUnknown(right.reason);
    if (right.kind === 'refused') {
      const reason = `The approval of ${vote.actor.userId} no longer counts: they may not approve now.`;
      return { kind: 'lost', reason };
    }
    const { roles: _before, ...rest } = vote;
    standing.push(right.roles === undefined ? rest : { ...rest, roles: [...right.roles] });
  }
  return { kind: 'standing', approvals: standing };
}

/** What is different from what was approved, in words; undefined if nothing that matters is. */
function changeSince(
  setting: Setting,
  row: Approved,
  members: readonly Seen[],
  circumstances: Circumstances,
): string | undefined {
  const base = { id: row.spec.id, now: setting.clock(), request: row.action, circumstances };
  const policy = setting.policy();
  const judged = evaluateRequest({ ...base, members, policy });
  const { spec } = judged;
  const binding = bindingOfAll(judged, members);
  if (setting.sha256(canonicalJson(binding)) !== row.digest) {
    const before = membersOf(row);
    const approved = bindingOfAll(evaluateRequest({ ...base, members: before, policy }), before);
    const found = differences(approved, binding);
    return found.length === 0 ? unexplained : found.join('\n');
  }
  if (isStricter(spec.tier, row.spec.tier)) {
    const why = spec.blockedReason ?? `the score went from ${row.spec.score} to ${spec.score}`;
    return `It was judged ${row.spec.tier} and would now be ${spec.tier}: ${why}`;
  }
  return undefined;
}

/** The stored facts give the live binding and yet another digest: it was made by another version of the rules. */
const unexplained = 'What an approval binds to is worked out differently since the card was shown.';

/** The same request once more, to be judged on what is live now. */
function again(setting: Setting, row: Approved): Proposal {
  return {
    id: setting.newId(),
    action: row.action,
    requestedBy: row.requestedBy,
    ...(row.reason === undefined ? {} : { reason: row.reason }),
  };
}

/** Every leaf that differs, one line each: `guarded.replicas: approved at 3, live is 5`; of several objects with its name. */
export function differences(approved: Json, live: Json): string[] {
  const [before, after] = [membersIn(approved), membersIn(live)];
  if (before === undefined || after === undefined) return changedLeaves(approved, live).map(leafLine);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (was === undefined) return [`${name} was not among them when it was approved.`];
    if (is === undefined) return [`${name} is not among them any more.`];
    return changedLeaves(was, is).map((change) => `${name}: ${leafLine(change)}`);
  });
}

/** The bindings of several objects, by name; undefined for those of one. */
function membersIn(binding: Json): JsonObject | undefined {
  const members = isJsonObject(binding) ? binding['members'] : undefined;
  return isJsonObject(members) ? members : undefined;
}

const leafLine = ({ path, was, is }: LeafChange): string =>
  path === 'uid'
    ? 'It is another object now: it was deleted and made again.'
    : `${path}: approved at ${was}, live is ${is}`;
