import { conditionOf } from '../controllers/conditions.ts';
import { deletePod, isTerminating } from '../controllers/ownership.ts';
import { isReady } from '../controllers/template.ts';
import type { JsonObject } from '../json.ts';
import { nameOf, namespaceOf } from '../objects/identity.ts';
import { badRequest, evictionForbidden, manyBudgets } from '../refusal.ts';
import { disruptionBudgets, pods } from '../resources.ts';
import { matchesSelector } from '../selectors.ts';
import { at, numberAt, objectAt, textAt, textsAt } from '../tree.ts';
import { statusWriter, type World } from '../world.ts';
import { objectOf } from './patching.ts';
import { find } from './read.ts';
import type { ObjectPlace, Reply, Request } from './request.ts';
import { checkPreconditions, isDryRun } from './write.ts';

/**
 * POST of a policy/v1 Eviction: a deletion that asks the pod's PodDisruptionBudget first
 * (kubernetes/pkg/registry/core/pod/storage/eviction.go).
 */
export function evict(world: World, request: Request, place: ObjectPlace): Reply {
  const eviction = objectOf(request);
  if (nameOf(eviction) !== place.name) throw badRequest('name in URL does not match name in Eviction object');
  const pod = find(world.store, place);
  const options = objectAt(eviction, 'deleteOptions');
  checkPreconditions(pods, pod, options);
  const dryRun = isDryRun(request) || at(options, 'dryRun') !== undefined;
  if (!isUnguarded(pod)) askBudget(world, pod, dryRun);
  if (!dryRun) deletePod(world, pods, pod, numberAt(options, 'gracePeriodSeconds'));
  return { kind: 'json', code: 201, body: success };
}

const success = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } as const;

/** Pods that have not started, have ended or are going cannot be disrupted any more. */
function isUnguarded(pod: JsonObject): boolean {
  const phase = textAt(pod, 'status', 'phase') ?? 'Pending';
  return ['Pending', 'Succeeded', 'Failed'].includes(phase) || isTerminating(pod);
}

function askBudget(world: World, pod: JsonObject, dryRun: boolean): void {
  const labels = textsAt(pod, 'metadata', 'labels');
  const covering = world.store
    .list(disruptionBudgets, namespaceOf(pod))
    .filter((budget) => matchesSelector(at(budget, 'spec', 'selector'), labels));
  const [budget, second] = covering;
  if (budget === undefined) return;
  if (second !== undefined) throw manyBudgets();
  if (!isReady(pod) && mayGoUnready(budget)) return;
  spend(world, budget, dryRun);
}

function mayGoUnready(budget: JsonObject): boolean {
  const desired = numberAt(budget, 'status', 'desiredHealthy') ?? 0;
  const healthy = numberAt(budget, 'status', 'currentHealthy') ?? 0;
  const always = textAt(budget, 'spec', 'unhealthyPodEvictionPolicy') === 'AlwaysAllow';
  return always || (healthy >= desired && desired > 0);
}

/** What of the status says it, the first that holds. */
function whyNone(budget: JsonObject, status: JsonObject): string {
  const condition = conditionOf(budget, 'DisruptionAllowed');
  if (textAt(condition, 'reason') === 'SyncFailed')
    return `does not allow evicting pods currently because it failed sync: ${textAt(condition, 'message') ?? ''}`;
  return `needs ${numberAt(status, 'desiredHealthy') ?? 0} healthy pods and has ${numberAt(status, 'currentHealthy') ?? 0} currently`;
}

/** Counts at once, so that the next eviction does not find the same allowance before the controller has looked. */
function spend(world: World, budget: JsonObject, dryRun: boolean): void {
  const status = objectAt(budget, 'status');
  const name = nameOf(budget);
  const generation = numberAt(budget, 'metadata', 'generation') ?? 1;
  if ((numberAt(status, 'observedGeneration') ?? 0) < generation)
    throw evictionForbidden(`The disruption budget ${name} is still being processed by the server.`, 10);
  const allowed = numberAt(status, 'disruptionsAllowed') ?? 0;
  if (allowed === 0) {
    throw evictionForbidden(`The disruption budget ${name} ${whyNone(budget, status)}`, 0);
  }
  if (dryRun) return;
  const next = { ...budget, status: { ...status, disruptionsAllowed: allowed - 1 } };
  world.store.update(disruptionBudgets, next, statusWriter);
}
