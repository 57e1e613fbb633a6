import type { Case } from '../../domain/case.ts';
import type { GitChange, GitPlace } from '../../domain/manifest/git-change.ts';
import { type DeclarativeSpec, isBlocked, needsApproval } from '../../domain/spec.ts';
import { asJson, canonicalJson } from '../../domain/text/json.ts';
import { redact } from '../../domain/text/redact.ts';
import { placeOf } from '../../stages/locate/place.ts';
import { faultSentence, type WorkflowContext } from '../context.ts';
import type { WantedManifest } from '../repositories-port.ts';

/** Milliseconds for reading a repository, unless told: nobody waits for a card longer because of it. */
const usualPatience = 20_000;

/**
 * What a change means for the repository that its objects are made from; undefined where none has a say, or where nobody
 * decides on it. A repository that cannot be read never stops a repair: it is said, and people change it by hand.
 */
export async function gitChangeOf(
  context: Pick<WorkflowContext, 'repositories' | 'repositoryPatience' | 'policy'>,
  spec: DeclarativeSpec,
  members: readonly Case[],
  signal: AbortSignal,
): Promise<GitChange | undefined> {
  const { repositories, repositoryPatience: patience = usualPatience } = context;
  if (repositories === undefined || isBlocked(spec) || !needsApproval(spec)) return undefined;
  const located = placesOf(context, members);
  if (located === undefined || 'reason' in located) return located;
  const { place, wanted } = located;
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
    return withoutSecrets(await repositories.propose(place, wanted, within));
  } catch (fault) {
    if (signal.aborted) throw fault;
    return { kind: 'by hand', reason: `The repository could not be read: ${faultSentence(fault)}` };
  }
}

interface AllLocated {
  readonly place: GitPlace;
  readonly wanted: readonly WantedManifest[];
}

/** The one place that makes all of them, and what each of them has to say there. */
export function placesOf(
  { policy }: Pick<WorkflowContext, 'policy'>,
  members: readonly Case[],
): AllLocated | Extract<GitChange, { kind: 'by hand' }> | undefined {
  const all = members.map((member) => placeOf(member, policy().gitOps));
  const [first] = all;
  if (first === undefined || all.every(({ kind }) => kind === 'none')) return undefined;
  const refused = all.find((each) => each.kind === 'by hand');
  if (refused !== undefined) return refused;
  const found = all.flatMap((each) => (each.kind === 'place' ? [each] : []));
  const [head] = found;
  // Applications with several sources may take it in common: then what overrides it for one of them counts for all.
  const places = new Set(found.map(({ place }) => canonicalJson(asJson(withoutApplication(place)))));
  const takers = new Set(found.map(({ place: { application: by } }) => `${by?.namespace}/${by?.name}`));
  if (head === undefined || found.length < all.length || places.size > 1)
    return { kind: 'by hand', reason: 'The objects are not all made from one place of one repository.' };
  return {
    place: takers.size > 1 ? withoutApplication(head.place) : head.place,
    wanted: found.map(({ wanted: { object, fields } }) => ({ ...object, fields })),
  };
}

const withoutApplication = ({ application: _application, ...place }: GitPlace): GitPlace => place;

/** A line with a secret in it is neither shown nor stored, so nobody can approve it. */
function withoutSecrets(change: GitChange): GitChange {
  if (change.kind === 'by hand') return { ...change, reason: redact(change.reason) };
  if (change.kind === 'already') return change;
  const secret = change.lines.find(
    ({ before, after }) => redact(before) !== before || redact(after) !== after,
  );
  if (secret === undefined) return change;
  return { kind: 'by hand', reason: `${secret.file}:${secret.line} has what looks like a secret.` };
}
