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
export const rules: readonly { readonly name: string; readonly judge: Rule }[] = [
  { name: 'known-subject', judge: knownSubject },
  { name: 'protected-namespace', judge: protectedNamespace },
  { name: 'zero-in-production', judge: zeroInProduction },
  { name: 'restart-possible', judge: restartPossible },
  { name: 'undo-possible', judge: undoPossible },
  { name: 'pause-possible', judge: pausePossible },
  { name: 'scale-possible', judge: scalePossible },
  { name: 'images-possible', judge: imagesPossible },
  { name: 'pod-replaceable', judge: podReplaceable },
  { name: 'node-schedulable', judge: nodeSchedulable },
  { name: 'ready-pods', judge: readyPods },
  { name: 'single-replica', judge: singleReplica },
  { name: 'growth', judge: growth },
  { name: 'spare-capacity', judge: spareCapacity },
  { name: 'stored-data', judge: storedData },
  { name: 'control-plane', judge: controlPlane },
  { name: 'way-back', judge: wayBack },
  { name: 'affected-pods', judge: breadth },
  { name: 'environment', judge: environment },
  { name: 'unknown-facts', judge: unknownFacts },
  { name: 'running-rollout', judge: runningRollout },
  { name: 'new-code', judge: newCode },
  { name: 'autoscaler', judge: autoscaler },
  { name: 'gitops', judge: gitops },
];
