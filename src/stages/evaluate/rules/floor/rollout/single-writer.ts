import { listed } from '../../../../../actions/sentence.ts';
import type { HeldClaim } from '../../../../../domain/facts/places.ts';
import { type Finding, nothing, type Rule, type RuleInput, raise } from '../../../rule.ts';

/**
 * Block and floor: a volume of ReadWriteOnce is still in use when a new pod starts. On the same node both may use it; on
 * another the new one waits for ever, because the old one only goes once the new one is ready. The scheduler does not look
 * at that, so that a person has to where it may choose.
 */
export const singleWriter: Rule = (input) => {
  const claims = input.facts.places?.claims;
  if (claims === undefined) return nothing;
  return claims.map((claim): Finding => {
    const tier = claim.never === true && input.effect.pods.deleted === 0 ? 'blocked' : 'human';
    return raise(tier, sentenceOf(input, claim), `PersistentVolumeClaim/${claim.name}: spec.accessModes`);
  });
};

function sentenceOf(
  { name, action, effect: { pods } }: RuleInput,
  { name: claim, nodes, never }: HeldClaim,
): string {
  const held = `PersistentVolumeClaim/${claim} is ReadWriteOnce and in use on ${listed(nodes)}`;
  const where = never ? 'a new pod can only come to another node, where it' : 'a new pod on another node';
  if (pods.replaced === 0)
    return `${held}: ${where} waits for it and does not start. A volume for each pod, or one of ReadWriteMany, is what ${name} would need.`;
  const isDeployment = action.target.kind === 'Deployment';
  const cure = isDeployment ? `Set the strategy of ${name} to Recreate, or scale it` : `Scale ${name}`;
  // A Deployment makes the new pod first; a StatefulSet deletes the old one first, and it is others that have the volume.
  const keeper = isDeployment
    ? 'the old pod stays until the new one is ready and keeps it'
    : 'other pods keep it';
  return `${held}: ${where} waits for it for ever, while ${keeper} in use. ${cure} to 0 and back instead.`;
}
