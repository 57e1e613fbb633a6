import { z } from 'zod';
import { labelName } from '../action.ts';
import { labelKey, labelValue } from '../values.ts';
import { type Environment, environmentsOf } from './environment.ts';
import { channelId } from './people.ts';

/** The annotation of an object that names the Slack channel of those it belongs to. */
export const channelAnnotation = 'firebreak.dev/slack-channel';

const names = z.array(z.string().min(1)).min(1);

/** What is about these objects goes to this channel. Whatever is named must fit; of a list, one of it. */
export const route = z
  .strictObject({
    clusters: names.optional(),
    namespaces: z.array(labelName).min(1).optional(),
    /** By the policy's `environments`. */
    environments: z.array(labelName).min(1).optional(),
    /** Labels of the object itself; all of them. */
    labels: z.record(labelKey, labelValue).optional(),
    /** The label `severity` of an alert of the incident. */
    severity: z.array(z.string().min(1)).min(1).optional(),
    channel: channelId,
    /** The object's annotation firebreak.dev/slack-channel names another: whoever may write to the object chooses. */
    annotation: z.boolean().default(false),
  })
  .refine(({ channel: _channel, annotation: _annotation, ...fits }) => Object.keys(fits).length > 0, {
    error:
      'must name clusters, namespaces, environments, labels or severity; what fits nothing else goes to FIREBREAK_CHANNEL',
  });
export type Route = z.infer<typeof route>;

/** What a message is about, as far as it is known. */
export interface Place {
  readonly cluster: string;
  readonly namespace?: string | undefined;
  readonly namespaceLabels?: Readonly<Record<string, string>> | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** A channel, and of which severities it is; without them, of any. */
export interface Candidate {
  readonly channel: string;
  readonly severity?: readonly string[];
}

interface Routing {
  readonly channels: readonly Route[];
  readonly environments: Readonly<Record<string, Environment>>;
}

/**
 * Where a message may go, the first that fits: an incident's severity is known only where its alerts are. The last has no
 * severity. What is not known fits nothing but a route that does not ask for it.
 *
 * @param usual the channel for what no route fits
 */
export function candidatesFor(
  { channels, environments }: Routing,
  place: Place,
  usual: string,
): readonly [Candidate, ...Candidate[]] {
  const found: Candidate[] = [];
  for (const each of channels) {
    if (!fits(each, environments, place)) continue;
    const channel = (each.annotation ? annotated(place) : undefined) ?? each.channel;
    if (each.severity === undefined) return ending(found, { channel });
    found.push({ channel, severity: each.severity.map((one) => one.toLowerCase()) });
  }
  return ending(found, { channel: usual });
}

function ending(found: readonly Candidate[], last: Candidate): readonly [Candidate, ...Candidate[]] {
  const [first, ...rest] = found;
  return first === undefined ? [last] : [first, ...rest, last];
}

function fits(
  { clusters, namespaces, environments: wanted, labels }: Route,
  environments: Routing['environments'],
  place: Place,
): boolean {
  const { cluster, namespace, namespaceLabels } = place;
  if (clusters !== undefined && !clusters.includes(cluster)) return false;
  if (namespaces !== undefined && (namespace === undefined || !namespaces.includes(namespace))) return false;
  if (labels !== undefined && !hasAll(place.labels ?? {}, labels)) return false;
  if (wanted === undefined) return true;
  if (namespace === undefined) return false;
  const memberships = environmentsOf(environments, namespace, namespaceLabels);
  return memberships.some(({ name, known }) => known && wanted.includes(name));
}

function hasAll(labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}

/** What an annotation says may be anything; only the id of a channel is taken. */
function annotated({ annotations = {} }: Place): string | undefined {
  const said = Object.hasOwn(annotations, channelAnnotation) ? annotations[channelAnnotation] : undefined;
  return channelId.safeParse(said).data;
}
