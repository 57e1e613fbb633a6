import { finalStates } from '../../../domain/remediation.ts';

/** Hours for which what was verified has to last: the next day's load has been on it by then. */
export const lastingHours = 24;

const notCarriedOut = ['no_action', 'blocked', 'rejected', 'expired', 'superseded'];

const listed = (states: readonly string[]): string => states.map((state) => `'${state}'`).join(', ');

const span = `interval '${lastingHours} hours'`;

/**
 * Of a remediation that has ended, whether the same owner was acted on or failed again within the hours in which it has to
 * last. `r` is the row and `i` its incident; what was done to which object knows its owner too.
 */
const didNotLast = `exists (select from object_history mine
    join object_history later on later.object_key = mine.object_key and later.remediation_id <> mine.remediation_id
      and later.started_at > r.updated_at and later.started_at <= r.updated_at + ${span}
    where mine.remediation_id = r.id)
  or exists (select from object_history mine
    join incidents again on again.owner_key = mine.object_key and again.alert is not null
      and again.created_at > r.updated_at and again.created_at <= r.updated_at + ${span}
    where mine.remediation_id = r.id and again.id <> i.id)`;

/** What the second look at it has found, where it has; that says more than the time that has gone by. */
const looked = (...results: readonly string[]): string =>
  `exists (select from second_looks look where look.remediation_id = r.id and look.result in (${listed(results)}))`;

/** What a remediation `r` of the incident `i` teaches at an instant, in the words of domain/insight/lived.ts. */
export const standingOf = (now: string): string => `case
  when r.state not in (${listed(finalStates)}) then 'open'
  when r.state in (${listed(notCarriedOut)}) then 'not carried out'
  when r.verdict is null or (r.state = 'failed' and r.verdict <> 'not_verified') then 'failed'
  when r.verdict = 'inconclusive' then 'inconclusive'
  when r.verdict = 'not_verified' then 'not_verified'
  when ${looked('undone', 'came_back')} then 'did not last'
  when ${looked('lasted')} then 'verified'
  when r.updated_at > ${now}::timestamptz - ${span} then 'too early'
  when ${didNotLast} then 'did not last'
  else 'verified' end`;
