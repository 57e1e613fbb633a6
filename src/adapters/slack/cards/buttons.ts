import type { ActionsBlock } from '@slack/types';
import { z } from 'zod';
import { phrase } from '../../../actions/phrase.ts';
import { requestWord } from '../../../domain/manifest/request-name.ts';
import { mayBeAskedAnew, type Remediation, type RemediationIn } from '../../../domain/remediation.ts';
import { actions, type ButtonSpec } from '../blocks.ts';

/** Ids of every action a button of ours can send; the listeners and the manifest test read them here. */
export const actionIds = {
  approve: 'remediation:approve',
  reject: 'remediation:reject',
  details: 'remediation:details',
  silence: 'remediation:silence',
  askAnew: 'remediation:ask-anew',
  together: 'storm:together',
  approvePolicy: 'policy:approve',
  rejectPolicy: 'policy:reject',
  actNow: 'remediation:act-now',
} as const;

/** The choice of several on the message of a storm; by itself it does nothing. */
export const choiceId = 'storm:choice';

/** The dialog in which an approval of several is confirmed. */
export const togetherView = 'storm:approve';

/**
 * What a button carries: which remediation, and the digest of what its card showed. Never data: the value can be
 * forged or come from an old card, and only the row decides.
 */
export interface ButtonValue {
  readonly remediationId: string;
  readonly digest: string;
}

/** Details of the one remediation of a card, or of one of several in a list. */
export const detailsAction = /^remediation:details(:\d+)?$/;

const uuid = z.uuid();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const printValue = ({ remediationId, digest }: ButtonValue): string => `${remediationId}:${digest}`;

/** The value of a button, or undefined if it is not one of ours. */
export function parseValue(text: string | undefined): ButtonValue | undefined {
  const [remediationId = '', digest = '', ...rest] = (text ?? '').split(':');
  if (rest.length > 0 || !uuid.safeParse(remediationId).success || !sha256.safeParse(digest).success)
    return undefined;
  return { remediationId, digest };
}

/** Reject and Details while people are waited for, and Approve once all that is decided on is before them. */
export function decisionButtons(
  remediation: RemediationIn<'waiting'>,
  approvable: boolean,
  more: readonly ButtonSpec[] = [],
): ActionsBlock {
  const what = `${phrase(remediation.action)}, remediation ${remediation.number}`;
  const value = printValue({ remediationId: remediation.id, digest: remediation.digest });
  const approve: ButtonSpec = {
    label: 'Approve',
    actionId: actionIds.approve,
    value,
    says: `Approve: ${what}`,
    style: 'primary',
  };
  const approving =
    remediation.spec.tier === 'dual' ? { ...approve, confirm: confirmation(remediation) } : approve;
  return actions([
    ...(approvable ? [approving] : []),
    {
      label: 'Reject',
      actionId: actionIds.reject,
      value,
      says: `Reject: ${what}`,
      style: 'danger',
      confirm: {
        title: 'Reject for everybody?',
        text: `This ends remediation ${remediation.number}. Nothing is changed.`,
        yes: 'Reject',
      },
    },
    details(remediation, value),
    ...more,
  ]);
}

/** Details alone: after the decision the parameters stay open to everybody. */
export function detailsButton(remediation: Remediation, more: readonly ButtonSpec[] = []): ActionsBlock {
  return actions([details(remediation, remediation.id), ...more]);
}

/** The details of one remediation among others; each button of a block needs an id of its own. */
export const openButton = ({ number, remediation }: { number: number; remediation: string }): ButtonSpec => ({
  label: `Open ${number}`,
  actionId: `${actionIds.details}:${number}`,
  value: remediation,
  says: `Details of remediation ${number}`,
});

function details(remediation: Remediation, value: string): ButtonSpec {
  return {
    label: 'Details',
    actionId: actionIds.details,
    value,
    says: `Details of remediation ${remediation.number}`,
  };
}

function confirmation(remediation: RemediationIn<'waiting'>): NonNullable<ButtonSpec['confirm']> {
  return {
    title: 'High risk: approve?',
    text: `You approve: ${phrase(remediation.action)}, risk ${remediation.spec.score} of 100.`,
    yes: 'Approve',
  };
}

/** Asks for a change before its pull request; none where there is no request, or where that has been asked for. */
export function actNowButtons(remediation: Remediation): readonly ButtonSpec[] {
  if (remediation.state !== 'waiting' || remediation.git?.kind !== 'request') return [];
  if (remediation.emergency !== undefined) return [];
  const { id, digest, number } = remediation;
  return [
    {
      label: 'Act now',
      actionId: actionIds.actNow,
      value: printValue({ remediationId: id, digest }),
      says: `Act now, before the ${requestWord(undefined, remediation.git)} of remediation ${number}`,
    },
  ];
}

/** Silences the alerts of the incident until the verdict. */
export const silenceButton = ({ id, number }: Remediation): ButtonSpec => ({
  label: 'Silence alerts',
  actionId: actionIds.silence,
  value: id,
  says: `Silence the alerts of remediation ${number} until its verdict`,
});

/** Asks once more for what ended before anything was done, in the name of whoever clicks. */
export const anewButtons = (remediation: Remediation): readonly ButtonSpec[] =>
  mayBeAskedAnew(remediation)
    ? [
        {
          label: 'Ask anew',
          actionId: actionIds.askAnew,
          value: remediation.id,
          says: `Ask anew for what remediation ${remediation.number} was about`,
        },
      ]
    : [];

/** Each button of a block needs an id of its own; all of them mean the same. */
export const runAction = /^remediation:run(:\d)?$/;

/** A button's value has so much room (docs.slack.dev, "Button element"); who wants more than that types it. */
export const longestValue = 2_000;

/**
 * Runs a command that may have been meant, asked for by whoever clicks: it is read, judged and approved as if they had
 * typed it. None for what a button cannot carry.
 */
export function runButtons(commands: readonly string[]): readonly ActionsBlock[] {
  const short = commands.filter((command) => command.length <= longestValue);
  if (short.length === 0) return [];
  const numbered = short.length > 1;
  return [
    actions(
      short.map((command, index) => ({
        label: numbered ? `Run no. ${index + 1}` : 'Run it',
        actionId: numbered ? `remediation:run:${index + 1}` : 'remediation:run',
        value: command,
        says: `Run: ${command}`,
      })),
    ),
  ];
}

/** Commands in a thread, asked for by whoever clicks as if they had typed them. */
export function offerButtons(
  offers: readonly { readonly label: string; readonly command: string }[],
): readonly ActionsBlock[] {
  const short = offers.filter(({ command }) => command.length <= longestValue).slice(0, 3);
  if (short.length === 0) return [];
  return [
    actions(
      short.map(({ label, command }, index) => ({
        label,
        actionId: `remediation:run:${index + 1}`,
        value: command,
        says: `${label}: ${command}`,
      })),
    ),
  ];
}

/** The pages around one, asked for by whoever clicks as if they had typed it. */
export function pageButtons(pages: {
  readonly previous?: string | undefined;
  readonly next?: string | undefined;
}): readonly ActionsBlock[] {
  const buttons = [
    { label: 'Previous', value: pages.previous, actionId: 'remediation:run:1' },
    { label: 'Next', value: pages.next, actionId: 'remediation:run:2' },
  ].flatMap(({ value, ...rest }) =>
    value === undefined || value.length > longestValue
      ? []
      : [{ ...rest, value, says: `${rest.label} page: ${value}` }],
  );
  return buttons.length === 0 ? [] : [actions(buttons)];
}

/** The remediation a Details button names: its value is `id` or `id:digest`. */
export function remediationIdOf(text: string | undefined): string | undefined {
  const parsed = uuid.safeParse((text ?? '').split(':')[0]);
  return parsed.success ? parsed.data : undefined;
}

/** Approve and Reject of a proposed change of the policy; the value names it and what was shown of it. */
export function policyButtons({ number, digest }: { number: number; digest: string }): readonly ButtonSpec[] {
  const value = `${number}:${digest}`;
  return [
    {
      label: 'Approve',
      actionId: actionIds.approvePolicy,
      value,
      says: `Approve the change of the policy, proposal ${number}`,
      style: 'primary',
    },
    {
      label: 'Reject',
      actionId: actionIds.rejectPolicy,
      value,
      says: `Reject the change of the policy, proposal ${number}`,
      style: 'danger',
    },
  ];
}

/** The value of a button of a policy proposal; undefined for what is none, as anybody may send anything. */
export function parsePolicyValue(text: string | undefined): { proposal: number; digest: string } | undefined {
  const [, number, digest] = /^(\d{1,9}):([0-9a-f]{64})$/.exec(text ?? '') ?? [];
  return number === undefined || digest === undefined ? undefined : { proposal: Number(number), digest };
}
