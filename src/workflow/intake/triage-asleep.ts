import { alertName, type Incident } from '../../domain/incidents/incident.ts';
import { subjectOf } from '../../stages/intake/alert-target.ts';
import { type Filled, fillTemplate } from '../../stages/intake/template.ts';
import { isOneOfSeveral } from '../clusters.ts';
import type { WorkflowContext } from '../context.ts';
import { type Cluster, ClusterFault, type Store, type Triaged } from '../ports.ts';
import type { Triage } from '../proposal.ts';
import { triageThere } from './triage-there.ts';

/** Incidents that are triaged together: of thousands some dozens of commits, and no commit of more than a moment. */
const together = 250;

/** Pods that are followed to their owners for them, and actions whose facts are read, some side by side; others wait for the next look. */
const mostAsked = 40;
const atOnce = 8;

/**
 * Triages what waits behind the incident at hand, in one commit: in a storm one wake for each would keep everybody waiting.
 * What the cluster cannot be asked about is put back, and gets its own wake, its tries and its answer.
 */
export async function triageAsleep(context: WorkflowContext, signal: AbortSignal): Promise<void> {
  const asleep = await context.store.takeAsleep(together);
  if (asleep.length === 0) return;
  const remembering = { ...context, store: remembersEngaged(context.store), fill: remembersFilled() };
  const there = remembersClusters(isOneOfSeveral(context) ? patienceWithOne : undefined);
  const triaged: Triaged[] = [];
  const putBack: Incident[] = [];
  const waiting = asleep.values();
  const afterPeople = onceAfterPeople(context);
  const work = async () => {
    for (const incident of waiting) {
      const found = await unlessUnknown(() => triageThere(remembering, incident, 0, signal, there));
      if (found === undefined) putBack.push(incident);
      else triaged.push({ incident, triage: withSubject(incident, found) });
      await othersFirst();
      await afterPeople();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  signal.throwIfAborted();
  await context.store.settleAsleep(inOrder(asleep, triaged), putBack);
}

/** Milliseconds for the first look at one of several clusters: those behind it are about others, too. */
const patienceWithOne = 3_000;

/** Lets what people ask have its turn: many an alert is triaged without waiting for anything. */
const othersFirst = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A batch is put off once at most, and all who work at it together: what it has taken is kept from other replicas meanwhile. */
function onceAfterPeople({ peopleFirst }: WorkflowContext): () => Promise<void> | undefined {
  let putOff: Promise<void> | undefined;
  return () => {
    putOff ??= peopleFirst?.afterPeople();
    return putOff;
  };
}

/** With what the alert is about, for a list of many. */
export function withSubject({ alert }: Incident, triage: Triage): Triage {
  if (triage.kind !== 'no_action' || alert === undefined) return triage;
  return { ...triage, about: `${subjectOf(alert)}: ${alertName(alert)}` };
}

/** The oldest alert of several for one target is the one that its remediation is of. */
function inOrder(asleep: readonly Incident[], triaged: readonly Triaged[]): Triaged[] {
  const place = new Map(asleep.map(({ id }, index) => [id, index]));
  const of = ({ incident }: Triaged) => place.get(incident.id) ?? 0;
  return triaged.toSorted((a, b) => of(a) - of(b));
}

async function unlessUnknown<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (fault) {
    if (fault instanceof ClusterFault) return undefined;
    throw fault;
  }
}

/** Each cluster remembers for itself, and one that is away keeps nobody from asking the others. */
function remembersClusters(patience: number | undefined): (cluster: Cluster) => Cluster {
  const known = new Map<Cluster, Cluster>();
  return (cluster) => {
    const found = known.get(cluster) ?? remembersCluster(cluster, patience);
    known.set(cluster, found);
    return found;
  };
}

/**
 * Asks for the owner of each pod, and for the facts of each action, once. After the first fault nothing more is asked: the
 * next would most likely be the same.
 */
function remembersCluster(cluster: Cluster, patience: number | undefined): Cluster {
  const owners = new Map<string, ReturnType<Cluster['ownerOf']>>();
  const looks = new Map<string, ReturnType<Cluster['gather']>>();
  let isAway = false;
  const once = <T>(asked: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> => {
    const before = asked.get(key);
    if (before !== undefined) return before;
    if (isAway || asked.size >= mostAsked) return Promise.reject(new ClusterFault('put off'));
    const found = ask().catch((fault: unknown) => {
      isAway = true;
      throw fault;
    });
    asked.set(key, found);
    return found;
  };
  const inTime = (signal: AbortSignal): AbortSignal =>
    patience === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(patience)]);
  return {
    ...cluster,
    ownerOf: (owned, signal) => once(owners, keyOf(owned), () => cluster.ownerOf(owned, inTime(signal))),
    gather: (actions, signal) =>
      once(looks, keyOf(actions), () => cluster.gather(actions, inTime(signal), 'shared')),
  };
}

/** The same for what was asked in the same words; what is asked twice in others is asked twice. */
const keyOf = (asked: object): string => JSON.stringify(asked);

/** A herd of alerts about one workload is one command, which is read once. */
function remembersFilled(): typeof fillTemplate {
  const known = new Map<string, Filled>();
  return (template, values) => {
    const key = keyOf([template, values]);
    const filled = known.get(key) ?? fillTemplate(template, values);
    known.set(key, filled);
    return filled;
  };
}

/** Of a herd one look is enough; what has begun meanwhile is seen when all of them are settled. */
function remembersEngaged(store: Store): Store {
  const asked = new Map<string, ReturnType<Store['engaged']>>();
  return {
    ...store,
    engaged: (owner) => {
      const key = keyOf(owner);
      const found = asked.get(key) ?? store.engaged(owner);
      asked.set(key, found);
      return found;
    },
  };
}
