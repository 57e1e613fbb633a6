import type { Places } from '../../../../../domain/facts/places.ts';
import { nothing, plural, type Rule, type RuleInput, raise, workloadOf } from '../../../rule.ts';

/**
 * Block and floor: new pods that no node would take. The change is accepted and then never finishes. It is certain where
 * the first of them fits nowhere because of what stands in its own template, or because of the target's own pods; otherwise
 * room may be made, and a person decides. With something that adds nodes a person does as well.
 */
export const newPodPlace: Rule = (input) => {
  const { places } = input.facts;
  if (places?.stuck === undefined || places.down !== undefined) return nothing;
  const { placed, tried, stuck } = places;
  const which =
    placed === 0
      ? `${tried === 1 ? 'A' : 'The first'} new pod of ${input.name} finds no place`
      : `Only ${placed} of ${plural(tried, 'new pod')} of ${input.name} ${placed === 1 ? 'finds' : 'find'} a place for certain`;
  const sentence = `${which}: ${stuck.reason}. ${outcomeOf(input)} ${cureOf(input, places, stuck)}`;
  return [raise(tierOf(input, places, stuck), sentence, 'Nodes: spec, status.allocatable')];
};

type Stuck = NonNullable<Places['stuck']>;

/** What is taken away before it is known that nothing comes in its place is worth two people. */
function tierOf(
  input: RuleInput,
  { placed, nodesFrom }: Places,
  { by, claim }: Stuck,
): 'human' | 'dual' | 'blocked' {
  const { pods, readiness } = input.effect;
  const asked = pods.deleted + pods.released > 0;
  const certain = placed === 0 && by !== 'now' && (nodesFrom === undefined || claim !== undefined) && !asked;
  if (certain && workloadOf(input)?.rollingOut !== true) return 'blocked';
  const loses = asked || (readiness !== undefined && readiness.left < readiness.before);
  return loses && nodesFrom === undefined ? 'dual' : 'human';
}

function outcomeOf({ effect: { pods, readiness } }: RuleInput): string {
  if (pods.deleted + pods.released > 0) return 'It stays pending, and its controller is one pod short.';
  if (pods.replaced === 0) return 'It stays pending.';
  const lost = readiness === undefined ? 0 : readiness.before - readiness.left;
  if (lost <= 0) return 'The rollout never comes to its end.';
  return `The rollout never comes to its end, and ${plural(lost, 'ready pod')} may be gone by then.`;
}

/** No node helps where a volume is for one pod alone. */
function volumeCure({ name, action, effect: { pods } }: RuleInput): string {
  if (pods.replaced === 0)
    return `A volume for each pod, or one of ReadWriteMany, is what ${name} would need.`;
  const recreate =
    action.target.kind === 'Deployment' ? `Set the strategy of ${name} to Recreate, or scale` : 'Scale';
  return `${recreate} ${action.target.kind === 'Deployment' ? 'it' : name} to 0 and back instead.`;
}

function cureOf(input: RuleInput, { nodesFrom }: Places, { by, first, claim }: Stuck): string {
  if (claim !== undefined) return volumeCure(input);
  if (nodesFrom !== undefined) return `Whether ${nodesFrom} adds a node is not known.`;
  const make =
    by === 'lasting' ? 'Open, label or add a node that takes it' : 'Make room on a node or add one';
  if (first) return `${make}, or let a pod of ${input.name} go first (maxSurge 0, maxUnavailable 1).`;
  if (by === 'own') return `Add a node that takes it, or start fewer pods of ${input.name}.`;
  return `${make}.`;
}
