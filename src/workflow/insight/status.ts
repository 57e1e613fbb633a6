import { plural } from '../../actions/obstacle.ts';
import type { Actor } from '../../domain/actor.ts';
import { clockTime } from '../../domain/text/clock-time.ts';
import { stormLines } from '../../stages/show/storm-text.ts';
import type { WorkflowContext } from '../context.ts';
import type { Awaiting } from '../intake/awaiting-port.ts';
import { seenBy } from '../rights/see.ts';
import { heldBy, summaryLine } from '../summary.ts';
import type { Listing } from './look-back.ts';

type Status = Listing | { readonly kind: 'text'; readonly title: string; readonly lines: readonly string[] };

const listed = 15;

/** What is open, as somebody may see it, after what keeps it back: a stop, and a storm with the place of its message. */
export async function statusFor(context: WorkflowContext, actor: Actor): Promise<Status> {
  const { store } = context;
  const [open, stop, storm, awaiting] = await Promise.all([
    store.summaries({ open: true, limit: listed }),
    store.stopped(),
    store.stormStanding(),
    store.awaiting(),
  ]);
  const now = context.clock();
  const seen = await seenBy(context, open, actor);
  const kept = open.length - seen.length;
  const rest = kept === 0 ? [] : [`${kept} more where you may neither ask nor approve.`];
  const some = 'In progress or waiting for approval';
  const none = 'Nothing is in progress and nothing waits for approval.';
  const title = `${heldBy(stop, now)}${open.length === 0 ? none : some}`;
  const lines = [...awaitingLines(awaiting, now), ...seen.map(summaryLine), ...rest];
  if (storm === undefined) return { kind: 'text', title, lines };
  const told = stormLines(storm, context.policy().storm, now);
  return { kind: 'list', title, lines: [...told, ...lines.map((text) => ({ text }))] };
}

/** Nothing else in Slack says of these that they are there. */
const awaitingLines = (awaiting: readonly Awaiting[], now: string): readonly string[] =>
  awaiting.map(({ cluster, alerts, since }) => {
    const wait = alerts === 1 ? 'waits' : 'wait';
    const api = cluster === undefined ? "the cluster's API" : `the API of the cluster ${cluster}`;
    return `${plural(alerts, 'alert')} ${wait} for ${api}, which does not answer; the oldest since ${clockTime(since, now)}. What still fires is looked at when it answers.`;
  });
