import type { ActionOf } from '../../../domain/action.ts';
import type { Case } from '../../../domain/case.ts';
import { nameOf, noObstacle, type Obstacle, obstacles } from '../../obstacle.ts';
import { alreadySo } from '../../sentence.ts';
import { workloadOf } from '../../subject.ts';
import { type Container, chosen, containersField, missingContainers } from '../containers.ts';

const rule = 'variables-possible';

/** A container that is not there, a variable that is written twice, or nothing to write. Values are not known here. */
export function precondition(judged: Case<'set env'>): readonly Obstacle[] {
  const workload = workloadOf(judged);
  if (workload === undefined) return noObstacle;
  const { action } = judged;
  const missing = missingContainers(rule, judged, workload, action.containers);
  if (missing.length > 0) return missing;
  const because = (sentence: string) => obstacles(rule, judged, containersField, sentence);
  const names = [...action.set.map(({ name }) => name), ...action.remove];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return because(`The variable ${twice} is named twice.`);
  if (!chosen(action, workload).every((container) => isSo(action, container))) return noObstacle;
  return because(
    `${nameOf(action.target)} ${alreadySo(
      'variable',
      action.set.map(({ name }) => name),
      action.remove,
    )}.`,
  );
}

function isSo({ set, remove }: ActionOf<'set env'>, { env }: Container): boolean {
  if (env === undefined) return false;
  return (
    set.every(({ name }) => env.same.includes(name)) && remove.every((name) => !env.names.includes(name))
  );
}
