import type { KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import { plural } from '../../../actions/obstacle.ts';
import { type Chosen, leftOutText, mostTogether } from '../../../domain/incidents/together.ts';
import type { TogetherShown } from '../../../workflow/approval/together.ts';
import { context, limits, paragraph, plain, section, verbatim } from '../blocks.ts';
import { clamp, md } from '../text.ts';
import { togetherView } from './buttons.ts';
import { inCluster } from './notification.ts';

type List = Exclude<TogetherShown, { kind: 'refused' }>;

/**
 * What the dialog carries: what was chosen, and the digest of what it showed. Never data: it can be forged, and only the rows
 * decide.
 */
const confirmed = z.strictObject({
  storm: z.number().int().positive(),
  chosen: z.array(z.uuid()).max(mostTogether),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  /** Where a late answer goes. */
  channel: z.string().optional(),
});
export type Confirmed = z.infer<typeof confirmed>;

/** What a dialog that was confirmed carries; undefined where it is not one of ours. */
export function parseConfirmed(text: string): Confirmed | undefined {
  try {
    const read = confirmed.safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

/** Exactly what lands, each with its tier, to be confirmed once. */
export function togetherModal(list: List, carried: Confirmed): ModalView {
  const { included, leftOut, playbook, adds, cluster } = list;
  const waits = included.filter(({ comes }) => comes === 'waits').length;
  const second = waits === 0 ? '' : ` For ${waits} of them one more person must approve.`;
  return {
    type: 'modal',
    callback_id: togetherView,
    private_metadata: JSON.stringify(carried),
    title: plain('Approve together', limits.modalTitle),
    submit: plain(`Approve ${included.length}`, limits.modalTitle),
    close: plain('Back', limits.modalTitle),
    blocks: [
      paragraph(
        `${plural(included.length, 'change')} of the playbook ${playbook}${inCluster(cluster)}, ${adds} points of the blast budget together.${second} Each is looked at once more before it runs, and verified by itself.`,
      ),
      ...included.flatMap(one),
      ...(leftOut.length === 0
        ? []
        : [section(md`*Left out*`), paragraph(leftOut.map(leftOutText).join('\n'))]),
    ],
  };
}

function one({ number, command = '', tier = '', score, comes }: Chosen): readonly KnownBlock[] {
  const what = comes === 'runs' ? md`runs` : md`needs one more person`;
  return [section(md`*${number}* · tier ${tier} · risk ${score} · ${what}`), verbatim(clamp(command, 2900))];
}

/** The dialog after the answer. */
export function togetherAnswer(sentence: string): ModalView {
  return {
    type: 'modal',
    title: plain('Approve together', limits.modalTitle),
    close: plain('Close', limits.modalTitle),
    blocks: [
      paragraph(clamp(sentence, limits.text)),
      context([md`The message of the storm shows how each goes on.`]),
    ],
  };
}
