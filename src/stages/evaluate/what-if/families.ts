import { moreElsewhere, moreNodes, placeForAll, roomInNodeBudget } from './nodes.ts';
import { noLeader, ownedHere, quietField, roomInBudget, uncontrolled } from './owners-and-budgets.ts';
import {
  anyRollingUpdate,
  gentleStrategy,
  idleJob,
  moreControllerReplicas,
  moreReplicas,
  placeForNew,
  proven,
  resumed,
  settled,
  startable,
} from './pods.ts';
import { elsewhere, readable, thawed, unspent } from './policy.ts';
import { gentleResizing, roomInQuota, roomToScale, unscaled } from './scaling.ts';
import type { Family } from './situation.ts';

/** Everything that could honestly have been different, in the order in which it is told. */
export const families: readonly Family[] = [
  moreReplicas,
  moreControllerReplicas,
  moreNodes,
  idleJob,
  moreElsewhere,
  placeForAll,
  placeForNew,
  roomInNodeBudget,
  gentleStrategy,
  anyRollingUpdate,
  resumed,
  settled,
  proven,
  startable,
  roomToScale,
  unscaled,
  gentleResizing,
  ownedHere,
  uncontrolled,
  noLeader,
  roomInBudget,
  roomInQuota,
  quietField,
  thawed,
  unspent,
  readable,
  elsewhere,
];
