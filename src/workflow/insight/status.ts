import type { Actor } from '../../domain/actor.ts';
import { stormLines } from '../../stages/show/storm-text.ts';
import type { WorkflowContext } from '../context.ts';
import { awaitingText, whatBecomesOfThem } from '../intake/awaiting-text.ts';
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
  const lines = [
    ...awaiting.map((each) => `${awaitingText(each, now)} ${whatBecomesOfThem}`),
    ...seen.map(summaryLine),
    ...rest,
  ];
  if (storm === undefined) return { kind: 'text', title, lines };
  const told = stormLines(storm, context.policy().storm, now);
  return { kind: 'list', title, lines: [...told, ...lines.map((text) => ({ text }))] };
}
