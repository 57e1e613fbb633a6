import type { Rule } from './rule.ts';
import { breadth } from './rules/affected-pods.ts';
import { autoscaler } from './rules/autoscaler.ts';
import { controlPlane } from './rules/control-plane.ts';
import { environment } from './rules/environment.ts';
import { gitops } from './rules/gitops.ts';
import { growth } from './rules/growth.ts';
import { imagesPossible } from './rules/images-possible.ts';
import { knownSubject } from './rules/known-subject.ts';
import { newCode } from './rules/new-code.ts';
import { nodeSchedulable } from './rules/node-schedulable.ts';
import { pausePossible } from './rules/pause-possible.ts';
import { podReplaceable } from './rules/pod-replaceable.ts';
import { protectedNamespace } from './rules/protected-namespace.ts';
import { readyPods } from './rules/ready-pods.ts';
import { restartPossible } from './rules/restart-possible.ts';
import { runningRollout } from './rules/running-rollout.ts';
import { scalePossible } from './rules/scale-possible.ts';
import { singleReplica } from './rules/single-replica.ts';
import { spareCapacity } from './rules/spare-capacity.ts';
import { storedData } from './rules/stored-data.ts';
import { undoPossible } from './rules/undo-possible.ts';
import { unknownFacts } from './rules/unknown-facts.ts';
import { wayBack } from './rules/way-back.ts';
import { zeroInProduction } from './rules/zero-in-production.ts';

/** Every rule, by the name that cards and refusals show. The first block found is the reason that is given. */
export const rules: Readonly<Record<string, Rule>> = {
  'known-subject': knownSubject,
  'protected-namespace': protectedNamespace,
  'zero-in-production': zeroInProduction,
  'restart-possible': restartPossible,
  'undo-possible': undoPossible,
  'pause-possible': pausePossible,
  'scale-possible': scalePossible,
  'images-possible': imagesPossible,
  'pod-replaceable': podReplaceable,
  'node-schedulable': nodeSchedulable,
  'ready-pods': readyPods,
  'single-replica': singleReplica,
  growth,
  'spare-capacity': spareCapacity,
  'stored-data': storedData,
  'control-plane': controlPlane,
  'way-back': wayBack,
  'affected-pods': breadth,
  environment,
  'unknown-facts': unknownFacts,
  'running-rollout': runningRollout,
  'new-code': newCode,
  autoscaler,
  gitops,
};
