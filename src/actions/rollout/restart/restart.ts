import { describeTarget } from '../../../domain/action.ts';
import { nothingLasts } from '../../../domain/manifest/lasting.ts';
import type { ActionKind } from '../../action-kind.ts';
import { bad, gradeSame } from '../../measurement.ts';
import { nothingMore, restartedAgain, sameContent } from '../../no-effect.ts';
import { keptReplicas } from '../../scaling/kept-replicas.ts';
import { workloadOf } from '../../subject.ts';
import { gradeRollout, rolloutVerification } from '../grade.ts';
import { freeing } from '../held-up.ts';
import { imagesOf, templateEffect } from '../rolling-update.ts';
import { calls } from './calls.ts';
import { restartCommand } from './command.ts';
import { precondition } from './precondition.ts';

const sameTemplate = { content: sameContent, drift: restartedAgain } as const;

/** Replaces every pod by one of the same template. */
export const restart: ActionKind<'rollout restart'> = freeing({
  command: restartCommand,
  needs: nothingMore,
  writes: () => [['spec', 'template']],
  precondition,
  effect: (judged) => templateEffect(judged, sameTemplate),
  targetState: ({ action }) => ({
    sentence: `All pods of ${describeTarget(action.target)} are replaced; the template stays as it is.`,
    fields: {
      'spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"]': 'time of execution',
    },
  }),
  rollback: () => ({
    kind: 'none',
    sentence: 'A restart cannot be taken back: it leaves the template as it was, and the old pods are gone.',
  }),
  lasting: nothingLasts('A restart leaves nothing behind that a repository could hold.'),
  constraints: () => [],
  binding: (judged) => {
    const workload = workloadOf(judged);
    if (workload === undefined) return {};
    const { paused, strategy } = workload;
    return { images: imagesOf(workload), paused, ...keptReplicas(judged), strategy: strategy.type };
  },
  calls,
  verification: rolloutVerification,
  observed: ({ action }) => action.target,
  grade: (measurement) =>
    gradeSame(
      measurement,
      (seen) =>
        gradeRollout(measurement, seen, ({ restartedAt }) =>
          restartedAt === undefined
            ? bad(`The restart of ${describeTarget(measurement.action.target)} has been taken back.`)
            : undefined,
        ),
      { changed: 'own words' },
    ),
});
