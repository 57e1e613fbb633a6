import { ownerText } from '../../domain/facts/manifest-source.ts';
import type { GitPlace } from '../../domain/manifest/git-change.ts';
import { requestWord } from '../../domain/manifest/request-name.ts';
import type { RemediationIn } from '../../domain/remediation.ts';
import { redact } from '../../domain/text/redact.ts';

type Row = Pick<RemediationIn<'evaluated'>, 'git' | 'emergency'>;

/** What happens before the pull request, why, and what becomes of it meanwhile. */
export function emergencyText({ git, emergency }: Row): string {
  if (emergency === undefined || git?.kind !== 'request') return '';
  const { pause, reason } = emergency;
  const meanwhile =
    pause === undefined
      ? undoneUntilThen(git.place)
      : `The automatic sync of ${ownerText(pause.owner)} is paused before it, for ${pause.minutes} min at most, and put back by Firebreak: nothing else of it is synced meanwhile.`;
  return [
    `Because: ${redact(reason)}`,
    `The cluster gets it as soon as two people approve; then the ${requestWord(undefined, git)} is opened.`,
    meanwhile,
  ].join('\n');
}

/** Argo CD heals after 5 s unless told otherwise (argo-cd.readthedocs.io, "Automated Sync Policy", self-heal timeout). */
export function undoneUntilThen({ owner, selfHeal, interval }: GitPlace): string {
  if (owner === undefined)
    return 'Who applies the repository is not known, and may undo it until the request is merged.';
  const what = ownerText(owner);
  if (!selfHeal) return `The next sync of ${what} undoes it until the request is merged.`;
  const when =
    owner.kind === 'Application'
      ? 'within about 5 s (self-heal)'
      : interval === undefined
        ? 'within its interval'
        : `within ${interval} (its interval)`;
  return `${what} undoes it ${when}, unless it is paused.`;
}
