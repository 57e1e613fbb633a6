import { unshowable } from '../../actions/secret-texts.ts';
import { joined, listed } from '../../actions/sentence.ts';
import { describeTarget, isGroup, type Request } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import type { Circumstances } from '../../domain/circumstances.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { DeclarativeSpec, LineItem, RollbackPlan } from '../../domain/spec.ts';
import { asJson, type Json } from '../../domain/text/json.ts';
import { type Tier, tierFloor, tierOf } from '../../domain/tier.ts';
import { bindingOf } from './binding.ts';
import { keptAtWorst, keptAtWorstKinds } from './constraints.ts';
import { evaluate, ruleInput, withinBudget } from './evaluate.ts';
import { afterOthers } from './others.ts';
import { settle } from './score.ts';
import { type WorstMoment, worstMomentOf, worstOfAll } from './worst-moment.ts';

/** What a request was judged by. */
export interface RequestToJudge {
  readonly id: string;
  readonly now: string;
  readonly request: Request;
  /** Every object it is for, with its facts; at least one. */
  readonly members: readonly Case[];
  readonly policy: Policy;
  readonly circumstances?: Circumstances | undefined;
}

export interface Judged {
  readonly spec: DeclarativeSpec;
  /** One spec for each member, in order; for a single action the spec itself. */
  readonly parts: readonly DeclarativeSpec[];
}

/**
 * Judges a request on the facts of all its objects. Several objects are one change: each is judged on what the ones
 * before it leave, all lines are added up by the same fold as for one, and one that is blocked blocks them all.
 */
export function evaluateRequest(judged: RequestToJudge): Judged {
  const { id, now, request, members, policy, circumstances } = judged;
  const [first] = members;
  if (first === undefined) throw new Error('a request without any object cannot be judged');
  const parts = members.map(({ action }, index) =>
    evaluate({ id, now, action, facts: afterOthers(members, index, policy), policy, circumstances }),
  );
  const [only] = parts;
  if (!isGroup(request) && only !== undefined) return { spec: shownWhole(only), parts };
  const whole = withinBudget(ruleInput({ ...first, policy, circumstances }), linesOf(members, parts));
  const { score, lineItems } = whole;
  const spec: DeclarativeSpec = {
    id,
    createdAt: now,
    action: request,
    targetState: stateOf(members, parts),
    score,
    tier: tierOf(score),
    constraints: constraintsOfAll({ members, policy, circumstances }, parts, tierOf(score)),
    rollbackPlan: rollbackOf(parts),
    dryRunRequired: policy.enforceDryRun || score >= policy.dryRunFromScore,
    blockedReason: lineItems.find(({ term }) => term === 'block')?.sentence ?? null,
    lineItems,
    ...chosenByAll(parts),
  };
  return { spec: shownWhole(spec), parts };
}

/** Of several objects the group that all of them name; where they differ the policy's own approvers decide. */
function chosenByAll(parts: readonly DeclarativeSpec[]): Pick<DeclarativeSpec, 'approvers'> {
  const [first, ...others] = parts.map(({ approvers }) => approvers);
  return first === undefined || others.some((each) => each?.group !== first.group)
    ? {}
    : { approvers: first };
}

/** Blocked if a value of it cannot be put before those who approve. */
function shownWhole(spec: DeclarativeSpec): DeclarativeSpec {
  const sentence = unshowable(spec.action);
  return sentence === undefined ? spec : blockedBy(spec, sentence);
}

/** The spec as a hard rule leaves it: all that can be approved is shown whole. */
export function blockedBy(spec: DeclarativeSpec, sentence: string): DeclarativeSpec {
  const source = describeTarget(spec.action.target);
  const found = { rule: 'shown-whole', term: 'block', points: tierFloor.blocked, sentence, source } as const;
  const lineItems = [...spec.lineItems.map((item) => ({ ...item })), { ...found, counted: false }];
  const score = settle(lineItems);
  return { ...spec, lineItems, score, tier: tierOf(score), blockedReason: spec.blockedReason ?? sentence };
}

/** What an approval of all of it binds to; see `bindingOf`. */
export function bindingOfAll({ spec, parts }: Judged, members: readonly Case[]): Json {
  const bindings = members.flatMap(({ action: { target }, facts }, index) => {
    const part = parts[index];
    return part === undefined ? [] : [[`${target.kind}/${target.name}`, bindingOf(part, facts)] as const];
  });
  if (isGroup(spec.action)) return asJson({ request: spec.action, members: Object.fromEntries(bindings) });
  return bindings[0]?.[1] ?? null;
}

/** Budgets are asked once, for the sum. What is said of all alike is said once; the rest says of which object. */
function linesOf(members: readonly Case[], parts: readonly DeclarativeSpec[]): LineItem[] {
  const all = parts.map(({ lineItems }) => lineItems.filter(({ rule }) => rule !== 'budgets'));
  const shared = (item: LineItem) => all.every((lines) => lines.some((other) => isSame(item, other)));
  const told = all.flatMap((lines, index) =>
    lines.map((item) => ({ item, name: members[index]?.action.target.name ?? '', shared: shared(item) })),
  );
  return told
    .filter(
      ({ item, shared: once }, index) =>
        !once || told.findIndex((other) => isSame(other.item, item)) === index,
    )
    .map(({ item, name, shared: once }) => {
      if (once) return { ...item, source: sourceOfAll(item.source, members) };
      const said = item.sentence.includes(`/${name}`);
      return { ...item, sentence: said ? item.sentence : `${name}: ${item.sentence}` };
    });
}

/** Where a line that is said once was read: of the first object, and in the same place of the others. */
function sourceOfAll(source: string, [first, ...others]: readonly Case[]): string {
  if (first === undefined || others.length === 0) return source;
  const isOwn = source.startsWith(`${describeTarget(first.action.target)}: `);
  return isOwn ? `${source}, and that of ${listed(others.map(({ action }) => action.target.name))}` : source;
}

/** Of what is added up each object has its own, however alike they are. */
const isSame = (a: LineItem, b: LineItem): boolean =>
  a.rule === b.rule &&
  a.points === b.points &&
  a.sentence === b.sentence &&
  (a.source === b.source || a.term !== 'breadth');

function stateOf(
  members: readonly Case[],
  parts: readonly DeclarativeSpec[],
): DeclarativeSpec['targetState'] {
  const fields = parts.flatMap(({ targetState }, index) =>
    Object.entries(targetState.fields).map(([path, value]) => [
      `${members[index]?.action.target.name}: ${path}`,
      value,
    ]),
  );
  return {
    sentence: oncePerKind(
      parts.map(({ targetState }) => targetState.sentence),
      members,
    ),
    fields: Object.fromEntries(fields),
  };
}

/** Sentences that differ in nothing but the object are one sentence and the names of the others. */
function oncePerKind(sentences: readonly string[], members: readonly Case[]): string {
  const alike = new Map<string, { readonly first: string; readonly others: string[] }>();
  for (const [index, sentence] of sentences.entries()) {
    const target = members[index]?.action.target;
    const pattern = target === undefined ? sentence : sentence.replaceAll(describeTarget(target), '*');
    const known = alike.get(pattern);
    if (known === undefined) alike.set(pattern, { first: sentence, others: [] });
    else known.others.push(target?.name ?? '');
  }
  const told = [...alike.values()].map(({ first, others }) =>
    others.length === 0 ? first : `${first} The same for ${joined(others)}.`,
  );
  return told.join(' ');
}

function rollbackOf(parts: readonly DeclarativeSpec[]): RollbackPlan {
  const plans = parts.map(({ rollbackPlan }) => rollbackPlan);
  const sentence = [...new Set(plans.map((plan) => plan.sentence))].join(' ');
  const actions = plans.flatMap((plan) => (plan.kind === 'action' ? [plan.action] : []));
  return actions.length === 0 ? { kind: 'none', sentence } : { kind: 'actions', actions, sentence };
}

/** Of what several of them take from, what all of them together leave. */
function constraintsOfAll(
  judged: Pick<RequestToJudge, 'members' | 'policy' | 'circumstances'>,
  parts: readonly DeclarativeSpec[],
  tier: Tier,
): DeclarativeSpec['constraints'] {
  const found = parts
    .flatMap(({ constraints }) => constraints)
    .filter(({ kind }) => !keptAtWorstKinds.has(kind));
  if (tier !== 'blocked') keptAtWorst(worstOfMembers(judged), found);
  return distinct(found);
}

/** What a request leaves at its worst moment, all of its objects together; our own records have no say in that. */
export function worstOfMembers({ members, policy }: Pick<RequestToJudge, 'members' | 'policy'>): WorstMoment {
  return worstOfAll(
    members.map(({ action }, index) =>
      worstMomentOf(ruleInput({ action, facts: afterOthers(members, index, policy), policy })),
    ),
  );
}

function distinct<T extends { readonly sentence: string }>(all: readonly T[]): T[] {
  return all.filter(({ sentence }, index) => all.findIndex((each) => each.sentence === sentence) === index);
}
