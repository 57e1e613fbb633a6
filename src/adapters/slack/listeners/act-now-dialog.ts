import type { KnownBlock, ModalView } from '@slack/types';
import type { ActNowOffer } from '../../../workflow/lasting/act-now.ts';
import { limits, paragraph, plain, section } from '../blocks.ts';
import { type ButtonValue, parseValue, printValue } from '../cards/buttons.ts';
import { clamp, md, visible } from '../text.ts';

/** The dialog's own name, by which what is sent from it is known. */
export const actNowView = 'remediation:act-now';

/** The block of the input for the reason, at which is said what is wrong with it. */
export const reasonBlock = 'reason';

/** What the dialog is about, and the channel of the card it was opened from. */
interface About extends ButtonValue {
  readonly channel: string;
}

/** Characters of the reason. */
const longestReason = 500;

/** Asks why it cannot wait for the pull request, and whether whoever applies the repository is to be paused. */
export function actNowModal(
  { number, warning, request, pause, reason: said }: Extract<ActNowOffer, { kind: 'offered' }>,
  about: About,
): ModalView {
  const reason: KnownBlock = {
    type: 'input',
    block_id: reasonBlock,
    label: plain(`Why can it not wait for the ${request}?`, limits.modalTitle * 2),
    element: {
      ...{ type: 'plain_text_input', action_id: 'reason', multiline: true, max_length: longestReason },
      ...(said === undefined ? {} : { initial_value: clamp(visible(said), longestReason) }),
    },
  };
  const choice = (text: string): KnownBlock => ({
    type: 'input',
    block_id: 'pause',
    optional: true,
    label: plain('Until the request is applied', limits.modalTitle * 2),
    element: {
      type: 'checkboxes',
      action_id: 'pause',
      options: [{ text: plain(clamp(text, 75)), value: 'pause' }],
    },
  });
  return {
    type: 'modal',
    callback_id: actNowView,
    private_metadata: `${printValue(about)}:${about.channel}`,
    title: plain(`Act now: no. ${number}`, limits.modalTitle),
    submit: plain('Ask two people', limits.modalTitle),
    close: plain('Back', limits.modalTitle),
    blocks: [
      section(
        md`The cluster gets the change as soon as two people approve, and the ${request} is opened after it. Votes from before do not count. You may be one of the two if you may approve it and did not ask for the change yourself.`,
      ),
      paragraph(clamp(warning, 500)),
      reason,
      ...(pause === undefined ? [] : [choice(pause)]),
    ],
  };
}

/** Undefined for what is not of a dialog of ours. */
export function aboutOf(metadata: string): About | undefined {
  const at = metadata.lastIndexOf(':');
  const value = at < 0 ? undefined : parseValue(metadata.slice(0, at));
  return value === undefined ? undefined : { ...value, channel: metadata.slice(at + 1) };
}

/** The answer, in the place of the dialog. */
export const answeredModal = (sentence: string): ModalView => ({
  type: 'modal',
  title: plain('Act now', limits.modalTitle),
  close: plain('Close', limits.modalTitle),
  blocks: [paragraph(clamp(sentence, 1000))],
});
