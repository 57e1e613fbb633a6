import { type Action, namespaceOf, printAction } from '../domain/action.ts';
import type { Circumstances } from '../domain/circumstances.ts';
import { type Facts, facts as factsSchema } from '../domain/facts.ts';
import { asJson } from '../domain/json.ts';
import type { Policy } from '../domain/policy.ts';
import { redact } from '../domain/redact.ts';
import { redactLeaves } from '../domain/redact-leaves.ts';
import type { DeclarativeSpec } from '../domain/spec.ts';
import { counterfactuals, counterfactualText } from '../stages/evaluate/counterfactual.ts';
import { evaluate } from '../stages/evaluate/evaluate.ts';
import { parseCommand } from '../stages/intake/command.ts';
import type { Refusal } from '../stages/intake/grammar/refusal.ts';
import { renderRefusal } from '../stages/intake/grammar/render.ts';
import { budgeted, localTimes } from './circumstances.ts';
import type { Clock, Cluster, NewId, Store } from './ports.ts';

/** What a command is judged with. There is nothing among it that writes. */
export interface Bench {
  readonly gather: Cluster['gather'];
  /** Absent without a database: what is used of the budgets is not known then. */
  readonly usage?: Store['usage'];
  readonly policy: () => Policy;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** A command that somebody wants to know the verdict of, without asking for it to be carried out. */
export interface Question {
  readonly command: string;
  /** Absent: the cluster is asked. */
  readonly facts?: Facts;
  /** The instant to judge for; absent: now. What is used of the budgets is only known for now. */
  readonly at?: string;
}

/** The verdict with everything it depends on. Secrets are taken out of the facts. */
export interface Judgement {
  /** The command as it was understood, in its canonical form. */
  readonly understood: string;
  readonly notes: readonly string[];
  readonly spec: DeclarativeSpec;
  /** What would have put it into a lower tier; empty where nothing honestly would. */
  readonly outlook: string;
  readonly circumstances: Circumstances;
  readonly facts: Facts;
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
export async function judgeCommand(bench: Bench, question: Question, signal: AbortSignal): Promise<Judged> {
  const { command } = question;
  const parsed = parseCommand(command);
  if (parsed.kind === 'refused') {
    const { refusal } = parsed;
    return { kind: 'refused', refusal, rendered: renderRefusal(command, refusal) };
  }
  const { action, notes } = parsed;
  const seen = await look(bench, question, action, signal);
  if (seen.kind !== 'facts') return seen;
  const { facts } = seen;
  const policy = bench.policy();
  const now = question.at ?? bench.clock();
  const circumstances = await circumstancesFor(bench, question, { action, facts, policy, now });
  const situation = { action, facts, policy, circumstances };
  const spec = evaluate({ id: bench.newId(), now, ...situation });
  const outlook = counterfactualText(counterfactuals(spec, situation));
  const shown = factsSchema.parse(redactLeaves(asJson(facts)));
  const understood = printAction(action);
  return { kind: 'judged', judgement: { understood, notes, spec, outlook, circumstances, facts: shown } };
}

type Seen =
  | { readonly kind: 'facts'; readonly facts: Facts }
  | Extract<Judged, { kind: 'unfit' | 'absent' | 'denied' }>;

async function look(
  { gather }: Bench,
  { facts }: Question,
  action: Action,
  signal: AbortSignal,
): Promise<Seen> {
  if (facts !== undefined) {
    const reason = misfit(action, facts);
    return reason === undefined ? { kind: 'facts', facts } : { kind: 'unfit', reason };
  }
  const gathered = await gather(action, signal);
  return gathered.kind === 'facts' ? gathered : { kind: gathered.kind, reason: redact(gathered.reason) };
}

/** Facts of another kind of object are blocked by the evaluator; facts of another namespace would look right. */
function misfit({ target }: Action, { namespace }: Facts): string | undefined {
  const [theirs, ours] = [namespace?.name, namespaceOf(target)];
  if (theirs === ours) return undefined;
  const place = (name: string | undefined) => (name === undefined ? 'no namespace' : `the namespace ${name}`);
  return `The facts are of ${place(theirs)}, and the command is for ${place(ours)}.`;
}

async function circumstancesFor(
  { usage }: Bench,
  { at }: Question,
  { action, facts, policy, now }: { action: Action; facts: Facts; policy: Policy; now: string },
): Promise<Circumstances> {
  const local = localTimes(policy, now);
  if (usage === undefined || at !== undefined || policy.budgets === undefined) return { local };
  const { place, since } = budgeted(facts.cluster, action, now);
  return { local, usage: await usage(place, since) };
}
