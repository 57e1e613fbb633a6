import type { Case } from '../../../domain/case.ts';
import type { Consequence } from '../../../domain/effect.ts';
import type { AutoscalerSubject, Facts, JobSubject } from '../../../domain/facts/facts.ts';
import { nameOf, plural } from '../../obstacle.ts';
import { within } from '../../scaling/bounds.ts';
import { type Change, changesOf, type Value } from './patching.ts';

/** What a new value means, and whether a person has to look. */
interface Meaning {
  readonly sentence: string;
  readonly grave: boolean;
}

const quiet = (sentence: string): Meaning => ({ sentence, grave: false });
const grave = (sentence: string): Meaning => ({ sentence, grave: true });

/** What each field means for the workload from now on. */
export function consequences({ action, facts }: Case<'patch'>): readonly Consequence[] {
  return changesOf(action, facts).map((change): Consequence => {
    const meaning = meaningOf(change, facts, nameOf(action.target));
    const from = change.from === undefined ? '' : ` instead of ${change.from}`;
    return {
      rule: 'patch-effect',
      asks: meaning.grave ? 'human' : 'nobody',
      sentence: `${change.path} ${change.to}${from}: ${meaning.sentence}`,
      field: change.path,
    };
  });
}

function meaningOf(change: Change, facts: Facts, name: string): Meaning {
  const field = change.path.split('.').at(-1) ?? '';
  const { kind } = facts.subject;
  if (kind === 'job') return ofJob(field, change, facts.subject);
  if (kind === 'cronJob') return ofCronJob(field, change);
  if (kind === 'autoscaler') return ofAutoscaler(change, facts.subject);
  return ofWorkload(field, change, name);
}

const fewer = ({ from, to }: Change): boolean =>
  typeof to === 'number' && (typeof from !== 'number' || to < from);

function ofWorkload(field: string, change: Change, name: string): Meaning {
  const { to } = change;
  switch (field) {
    case 'maxUnavailable':
      return isMore(change)
        ? grave(`an update may take that many pods of ${name} away at once.`)
        : quiet('an update takes away no more than that many pods at once.');
    case 'maxSurge':
      return quiet('an update may start that many pods more than there should be.');
    case 'minReadySeconds':
      return to === 0
        ? grave('a new pod counts as available the moment it is ready, and an update goes on.')
        : quiet(`a new pod counts as available only after ${to} s, and an update waits for it.`);
    case 'progressDeadlineSeconds':
      return quiet(`an update counts as failed after ${to} s without progress.`);
    case 'revisionHistoryLimit':
      return fewer(change)
        ? grave(`older revisions are deleted at once, and nothing leads back to them.`)
        : quiet('that many revisions are kept to go back to.');
    default:
      return fewer(change)
        ? grave(`pods from ordinal ${to} on get the newest revision at once.`)
        : grave(`pods below ordinal ${to} stay at their revision; those that are newer stay so.`);
  }
}

/** A percentage and a number cannot be compared without the replicas: then it may be more. */
function isMore({ from, to }: Change): boolean {
  const same = typeof from === typeof to;
  return !same || amount(to) > amount(from ?? 0);
}

const amount = (value: Value) => (typeof value === 'number' ? value : Number.parseInt(value, 10));

/**
 * Seconds, not points, and of Kubernetes: the controller looks every ten seconds, and a deadline below that may miss every
 * run (kubernetes.io, "CronJob").
 */
const leastDeadline = 10;

function ofCronJob(field: string, change: Change): Meaning {
  const { to } = change;
  switch (field) {
    case 'concurrencyPolicy':
      if (to === 'Replace')
        return grave('a run that takes longer than the schedule is ended by the next one.');
      return to === 'Allow'
        ? grave('runs may overlap.')
        : quiet('a run is left out while the one before it still runs.');
    case 'startingDeadlineSeconds':
      return typeof to === 'number' && to < leastDeadline
        ? grave(`the controller looks every ${leastDeadline} s: below that no run may ever start.`)
        : grave(`a run that was missed by less than ${to} s starts at once.`);
    default:
      return fewer(change)
        ? grave('older Jobs are deleted at once, with their pods and logs.')
        : quiet('that many ended Jobs are kept.');
  }
}

function ofJob(field: string, change: Change, { active, failed, ended }: JobSubject): Meaning {
  const { to } = change;
  switch (field) {
    case 'activeDeadlineSeconds':
      return grave(`when it has run for ${to} s it fails and its ${plural(active, 'active pod')} end.`);
    case 'backoffLimit':
      return typeof to === 'number' && to <= failed
        ? grave(`${plural(failed, 'pod')} failed already: it fails at the next failure, or at once.`)
        : quiet(`it fails after ${plural(amount(to), 'failed pod')}, ${failed} so far.`);
    case 'ttlSecondsAfterFinished':
      return ended === undefined
        ? grave(`${to} s after its end it is deleted, with its pods and logs.`)
        : grave(
            `it has ended: it is deleted ${to} s after its end, perhaps at once, with its pods and logs.`,
          );
    default:
      return typeof to === 'number' && to < active
        ? grave(
            `${active - to} of ${plural(active, 'active pod')} ${active - to === 1 ? 'is' : 'are'} stopped.`,
          )
        : quiet(sideBySide(amount(to)));
  }
}

const sideBySide = (pods: number): string =>
  pods === 1 ? 'one pod runs at a time.' : `up to ${pods} pods run side by side.`;

function ofAutoscaler({ path, to }: Change, { current, scales, min, max }: AutoscalerSubject): Meaning {
  const name = `${scales.kind}/${scales.name}`;
  const isMax = path === 'spec.maxReplicas';
  const bounds = isMax ? { min: Math.min(min, amount(to)), max: amount(to) } : { min: amount(to), max };
  const moved = within({ min: bounds.min, max: Math.max(bounds.min, bounds.max) }, current);
  if (moved !== current) return grave(`${name} goes from ${current} to ${plural(moved, 'replica')} at once.`);
  if (isMax)
    return amount(to) < max
      ? grave(`${name} can no longer grow beyond that under load.`)
      : quiet(`${name} may grow to that under load.`);
  return to === 1 && min > 1
    ? grave(`with little load a single replica of ${name} is left.`)
    : quiet(`${name} keeps at least that many.`);
}
