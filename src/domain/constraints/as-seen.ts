import type { Case } from '../case.ts';
import type { Answered, Asked, Reading } from './readings.ts';

/**
 * Whether what constraints ask about is live as it was when these objects were looked at. What the facts do not say, such as
 * the pods of another owner, and what could not be read now is not.
 */
export function isAsSeen(members: readonly Case[], asked: Asked, live: Answered | undefined): boolean {
  switch (live?.kind) {
    case 'pods':
      return isSame(live.reading, podsIn(members, asked), ({ ready, desired }) => [ready, desired]);
    case 'endpoints':
      return isSame(live.reading, endpointsIn(members, asked), (ready) => [ready]);
    case 'budget':
      return isSame(live.reading, budgetIn(members, asked), (left) =>
        left === 'gone' ? [] : [left.healthy, left.desired, left.allowed],
      );
    default:
      return false;
  }
}

function isSame<T>(
  live: Reading<T>,
  seen: T | undefined,
  numbers: (value: T) => readonly (number | undefined)[],
): boolean {
  if (live.kind === 'unknown' || seen === undefined) return false;
  const [was, is] = [numbers(seen), numbers(live.value)];
  return was.length === is.length && was.every((each, index) => each === is[index]);
}

function podsIn(members: readonly Case[], { namespace, name }: Asked) {
  const found = members.find(
    ({ action: { target } }) => `${target.kind}/${target.name}` === name && isIn(target, namespace),
  );
  const subject = found?.facts.subject;
  return subject?.kind === 'workload' ? { ready: subject.ready, desired: subject.desired } : undefined;
}

const endpointsIn = (members: readonly Case[], { namespace, name }: Asked): number | undefined =>
  around(members, namespace)
    .flatMap(({ services }) => services)
    .find((each) => each.name === name)?.ready;

const budgetIn = (members: readonly Case[], { namespace, name }: Asked) =>
  around(members, namespace)
    .flatMap(({ budgets }) => budgets)
    .find((each) => each.name === name);

const around = (members: readonly Case[], namespace: string) =>
  members.flatMap(({ action: { target }, facts: { neighbourhood } }) =>
    neighbourhood !== undefined && isIn(target, namespace) ? [neighbourhood] : [],
  );

const isIn = (target: Case['action']['target'], namespace: string): boolean =>
  'namespace' in target && target.namespace === namespace;
