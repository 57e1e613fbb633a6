import type { Refusal } from '../../actions/grammar/refusal.ts';
import { writesOf } from '../../actions/needs.ts';
import { printAction } from '../../actions/print.ts';
import { type Action, isGroup, namespaceOf, type Request } from '../../domain/action.ts';
import type { Case } from '../../domain/case.ts';
import type { Circumstances, History, PlaceUsage } from '../../domain/circumstances.ts';
import { type Facts, facts as factsSchema } from '../../domain/facts/facts.ts';
import { keptAnnotations } from '../../domain/facts/kept-annotations.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { DeclarativeSpec } from '../../domain/spec.ts';
import { asJson } from '../../domain/text/json.ts';
import { redact } from '../../domain/text/redact.ts';
import { redactLeaves } from '../../domain/text/redact-leaves.ts';
import { withoutValues } from '../../domain/text/without-values.ts';
import { counterfactuals, counterfactualText } from '../../stages/evaluate/counterfactual.ts';
import { evaluateRequest } from '../../stages/evaluate/request.ts';
import { forCluster } from '../../stages/intake/cluster-choice.ts';
import { renderRefusal } from '../../stages/intake/grammar/render.ts';
import { readAction } from '../../stages/intake/slash-command.ts';
import { localTimes, recordsOf } from '../lifecycle/circumstances.ts';
import { gatherMembers } from '../lifecycle/members.ts';
import { recordsFor } from '../lifecycle/revision-records.ts';
import type { Clock, Cluster, NewId, Store } from '../ports.ts';

/** What a command is judged with. There is nothing among it that writes. */
export interface EvaluatorDeps {
  readonly cluster: Pick<Cluster, 'gather' | 'select'>;
  /** The names of several clusters, of which a command says one, and each by its name; absent: there is that one alone. */
  readonly choices?: {
    readonly names: readonly string[];
    readonly named: (name: string) => Pick<Cluster, 'gather' | 'select'> | undefined;
  };
  /** Absent without a database: what was done before, and what is used of the budgets, is not known then. */
  readonly usage?: (...asked: Parameters<Store['usage']>) => Promise<PlaceUsage | undefined>;
  readonly history?: (...asked: Parameters<Store['history']>) => Promise<History | undefined>;
  readonly past?: Store['past'];
  readonly policy: () => Policy;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** A command that somebody wants to know the verdict of, without asking for it to be carried out. */
export interface Question {
  /** As it would be asked for; a reason behind it changes nothing. */
  readonly command: string;
  /** Absent: the cluster is asked. */
  readonly facts?: Facts;
  /** The instant to judge for; absent: now. What our own records say is only known for now. */
  readonly at?: string;
}

/** The verdict with everything it depends on. Secrets are taken out of the facts. */
export interface Judgement {
  /** The command as it was understood, in its canonical form. */
  readonly understood: string;
  readonly notes: readonly string[];
  readonly spec: DeclarativeSpec;
  /** What would have put it into a lower tier; empty where nothing honestly would. The name is part of the HTTP API. */
  readonly outlook: string;
  readonly circumstances: Circumstances;
  /** What has no say in it because it is not known here, in sentences: for the same command, asked for, it may be stricter. */
  readonly notKnownHere: readonly string[];
  /** Of the target; of several objects, of the first. */
  readonly facts: Facts;
  /** Of several objects each, with what the command means for it. */
  readonly members?: readonly Case[];
}

/** `unfit`: the given facts are of another place than the command's target. */
export type Judged =
  | { readonly kind: 'judged'; readonly judgement: Judgement }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly rendered: string }
  | { readonly kind: 'unfit' | 'absent' | 'denied'; readonly reason: string };

/**
 * Judges a command as the executor's road would, and writes nothing: what the API and `firebreak evaluate` answer.
 *
 * @throws ClusterFault when the cluster cannot be asked
 */
export async function judgeCommand(
  deps: EvaluatorDeps,
  question: Question,
  signal: AbortSignal,
): Promise<Judged> {
  const { command } = question;
  const asked = readAction(command, deps.choices?.names ?? []);
  if (asked.kind === 'refused') {
    const { refusal } = asked;
    return { kind: 'refused', refusal, rendered: renderRefusal(asked.command, refusal) };
  }
  const { action: request, notes, cluster: name } = asked;
  const cluster = (name === undefined ? undefined : deps.choices?.named(name)) ?? deps.cluster;
  const gathered = await gatherFor(cluster, question, request, signal);
  if (gathered.kind !== 'members') return gathered;
  const { members } = gathered;
  const policy = deps.policy();
  const now = question.at ?? deps.clock();
  const place = members[0].facts.cluster;
  const circumstances = await circumstancesFor(deps, question, {
    request,
    members,
    cluster: place,
    policy,
    now,
  });
  const { spec } = evaluateRequest({ id: deps.newId(), now, request, members, policy, circumstances });
  const [first, ...others] = members.map((member) => ({ ...member, policy, circumstances }));
  const counterfactual =
    first === undefined ? '' : counterfactualText(counterfactuals(spec, first, ...others));
  const understood = forCluster(printAction(request), name);
  const judgement = {
    understood,
    notes,
    spec,
    outlook: counterfactual,
    circumstances,
    notKnownHere: notKnownIn(circumstances),
    ...shown(request, members),
  };
  return { kind: 'judged', judgement };
}

type Members = readonly [Case, ...Case[]];

/** Facts leave the process here: secrets are taken out of them. */
function shown(request: Request, members: Members): Pick<Judgement, 'facts' | 'members'> {
  const [first, ...others] = members.map(({ action, facts }) => ({
    action,
    facts: factsSchema.parse(redactLeaves(asJson(shownFacts(action, facts)))),
  }));
  const { facts } = first ?? members[0];
  return first !== undefined && isGroup(request) ? { facts, members: [first, ...others] } : { facts };
}

/** Without what no rule reads of them: other annotations, and the literal values of a revision's containers. */
function shownFacts(action: Action, facts: Facts): Facts {
  const annotations = keptAnnotations(facts.identity.annotations, writesOf(action));
  const { subject } = facts;
  const shown = { ...facts, identity: { ...facts.identity, annotations } };
  if (subject.kind !== 'workload') return shown;
  const revisions = subject.revisions.map((revision) =>
    revision.template === undefined ? revision : { ...revision, template: withoutValues(revision.template) },
  );
  return { ...shown, subject: { ...subject, revisions } };
}

type MembersOrReason =
  | { readonly kind: 'members'; readonly members: Members }
  | Extract<Judged, { kind: 'unfit' | 'absent' | 'denied' }>;

async function gatherFor(
  cluster: EvaluatorDeps['cluster'],
  { facts }: Question,
  request: Request,
  signal: AbortSignal,
): Promise<MembersOrReason> {
  if (facts !== undefined) return given(request, facts);
  const gathered = await gatherMembers(cluster, request, signal);
  if (gathered.kind !== 'members') return { kind: gathered.kind, reason: redact(gathered.reason) };
  return { kind: 'members', members: gathered.members };
}

function given(request: Request, facts: Facts): MembersOrReason {
  if (isGroup(request))
    return { kind: 'unfit', reason: 'The facts are of one object, and the command is for several.' };
  const reason = misfit(request, facts);
  return reason === undefined
    ? { kind: 'members', members: [{ action: request, facts }] }
    : { kind: 'unfit', reason };
}

/** Facts of another kind of object are blocked by the evaluator; facts of another namespace would look right. */
function misfit({ target }: Request, { namespace }: Facts): string | undefined {
  const [theirs, ours] = [namespace?.name, namespaceOf(target)];
  if (theirs === ours) return undefined;
  const place = (name: string | undefined) => (name === undefined ? 'no namespace' : `the namespace ${name}`);
  return `The facts are of ${place(theirs)}, and the command is for ${place(ours)}.`;
}

interface Asked {
  readonly request: Request;
  readonly members: Members;
  readonly cluster: string;
  readonly policy: Policy;
  readonly now: string;
}

async function circumstancesFor(
  { usage, history, past }: EvaluatorDeps,
  { at }: Question,
  { request, members, cluster, policy, now }: Asked,
): Promise<Circumstances> {
  const local = localTimes(policy, now);
  if (at !== undefined) return { local };
  const { place, since, objects } = recordsOf(cluster, request, members, now);
  // One after the other: on the command line each may start a database for itself, and one without it knows nothing.
  const used = await usage?.(place, since);
  if (usage !== undefined && used === undefined) return { local };
  const before = await history?.(objects, now);
  const revisions = past && (await recordsFor(past, cluster, members, now));
  return {
    local,
    ...(used === undefined ? {} : { usage: used }),
    ...(before === undefined ? {} : { history: before }),
    ...(revisions === undefined ? {} : { revisions: [...revisions] }),
  };
}

/** Our own records are in the database, and they are of now. */
function notKnownIn({ usage, history }: Circumstances): readonly string[] {
  if (usage !== undefined && history !== undefined) return [];
  return [
    'Not known here: what Firebreak has done to the target before, and how much of the budgets is used. A repeat, growth in steps and a spent budget would make it stricter.',
  ];
}
