import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import { z } from 'zod';
import type { Delivered, NotSearched, Removed } from '../../workflow/ports.ts';

/** What a failed Web API call means for whoever made it. */
export type Fault =
  /** Slack took nothing and said when to come back. */
  | { readonly kind: 'limited'; readonly afterSeconds: number; readonly reason: string }
  /** No answer, or one that does not say whether it was taken: timeout, connection lost, 5xx. */
  | { readonly kind: 'ambiguous'; readonly reason: string }
  /** Slack understood and said no. `error` is Slack's own word. */
  | { readonly kind: 'refused'; readonly error: string; readonly reason: string };

/** Platform errors that pass by themselves. */
const passing = new Set([
  'ratelimited',
  'rate_limited',
  'service_unavailable',
  'internal_error',
  'fatal_error',
  'request_timeout',
  'team_added_to_org',
]);
/** Errors of Slack's own that may come after the message was taken. */
const afterwards = new Set(['internal_error', 'fatal_error', 'request_timeout']);

/** Sorts what `@slack/web-api` throws; anything else is not Slack's and is thrown on. */
export function readFault(error: unknown): Fault {
  if (error instanceof WebAPIRateLimitedError) return limited(error.retryAfter);
  if (error instanceof WebAPIHTTPError) return httpFault(error);
  if (error instanceof WebAPIRequestError)
    return { kind: 'ambiguous', reason: `Slack did not answer: ${rootOf(error.original)}.` };
  if (error instanceof WebAPIPlatformError) return platformFault(error.data.error, missing(error));
  if (error instanceof Error && /rate.?limit|Retry header/i.test(error.message)) return limited(30);
  throw error;
}

/** `fetch failed` says nothing; the cause behind it says why. */
function rootOf(error: Error): string {
  const { cause } = error;
  const said = cause instanceof Error && cause.message !== '' ? cause.message : error.message;
  return said.replace(/\.$/, '');
}

function limited(afterSeconds: number): Fault {
  return { kind: 'limited', afterSeconds, reason: `Slack asks to wait ${afterSeconds} s.` };
}

function httpFault(error: WebAPIHTTPError): Fault {
  if (error.statusCode === 429) return limited(30);
  if (error.statusCode >= 500 || error.statusCode === 408)
    return { kind: 'ambiguous', reason: `Slack answered HTTP ${error.statusCode}.` };
  return {
    kind: 'refused',
    error: `http_${error.statusCode}`,
    reason: `Slack answered HTTP ${error.statusCode}.`,
  };
}

function platformFault(error: string, detail: string): Fault {
  if (afterwards.has(error)) return { kind: 'ambiguous', reason: `Slack answered ${error}.` };
  if (passing.has(error)) return limited(10);
  return { kind: 'refused', error, reason: `Slack refused it: ${error}${detail}.` };
}

const withScope = z.object({ needed: z.string() });

/** Which scope Slack misses, when it says so. */
function missing(error: WebAPIPlatformError): string {
  const answer = withScope.safeParse(error.data);
  return answer.success ? ` (the app lacks the scope ${answer.data.needed})` : '';
}

/** The channel takes nothing of ours until somebody invites the app, unarchives it or lets it post there. */
const channelFaults = new Set([
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'restricted_action_non_threadable_channel',
  'team_access_not_granted',
  'user_not_in_channel',
]);

/** Nothing of ours is taken anywhere until somebody renews the token, reinstalls the app or mends the way to Slack. */
const appFaults = new Set([
  'invalid_auth',
  'not_authed',
  'token_revoked',
  'token_expired',
  'account_inactive',
  'missing_scope',
  'no_permission',
  'access_denied',
  'accesslimited',
  'org_login_required',
  'ekm_access_denied',
  'enterprise_is_restricted',
  'not_allowed_token_type',
  'two_factor_setup_required',
  'http_401',
  'http_403',
  'http_404',
  'http_407',
]);

const tooMuch = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_too_long',
  'msg_blocks_too_long',
  'msg_too_large',
  'block_mismatch',
  'metadata_too_large',
  'http_413',
]);

/** The message itself is at fault: sent again, it would be refused again (Slack's list of errors of chat.postMessage). */
const ownFaults = new Set([
  ...tooMuch,
  'no_text',
  'invalid_arguments',
  'invalid_arg_name',
  'invalid_array_arg',
  'invalid_charset',
  'invalid_form_data',
  'invalid_json',
  'json_not_object',
  'invalid_metadata_format',
  'invalid_metadata_schema',
  'too_many_attachments',
  'markdown_text_conflict',
  'thread_not_found',
  'cannot_reply_to_message',
  'message_not_found',
  'edit_window_closed',
  'cant_update_message',
  'cant_broadcast_message',
]);

/** The message to be updated is not there, or belongs to the app as it was installed before. */
const goneFaults = new Set(['message_not_found', 'cant_update_message']);

/** Whether it is the channel that takes nothing of ours. */
export const isOfChannel = (fault: Fault): boolean =>
  fault.kind === 'refused' && channelFaults.has(fault.error);

/** A fault on a post: what is ambiguous must be looked for before it is sent again. */
export function postOutcome(fault: Fault): Delivered {
  switch (fault.kind) {
    case 'limited':
      return { kind: 'later', afterSeconds: fault.afterSeconds, reason: fault.reason };
    case 'ambiguous':
      return { kind: 'unknown', reason: fault.reason };
    case 'refused':
      return refusal(fault);
  }
}

/** What nobody has thought of is kept and sent again, seldom: a promise is not dropped for a word that is not known. */
function refusal({ error, reason }: Extract<Fault, { kind: 'refused' }>): Delivered {
  if (ownFaults.has(error)) return { kind: 'refused', reason };
  if (channelFaults.has(error)) return { kind: 'withheld', where: 'channel', reason };
  return { kind: 'withheld', where: appFaults.has(error) ? 'app' : 'message', reason };
}

/** Nothing is there where there is no thread. */
export const isOfThread = (fault: Fault): boolean =>
  fault.kind === 'refused' && fault.error === 'thread_not_found';

/** A fault on a search: only that of the channel says what becomes of the message. */
export function searchOutcome(fault: Fault): NotSearched {
  if (fault.kind === 'limited')
    return { kind: 'later', afterSeconds: fault.afterSeconds, reason: fault.reason };
  return isOfChannel(fault)
    ? { kind: 'withheld', where: 'channel', reason: fault.reason }
    : { kind: 'unknown', reason: fault.reason };
}

/** A fault on an update: sending it twice is harmless, but an older one that is still on its way may come in later. */
export function updateOutcome(fault: Fault): Delivered {
  return fault.kind === 'refused' && goneFaults.has(fault.error)
    ? { kind: 'gone', reason: fault.reason }
    : postOutcome(fault);
}

/** A fault on a deletion: what is not there needs none. */
export function removeOutcome(fault: Fault): Removed {
  if (fault.kind === 'refused' && fault.error === 'message_not_found') return { kind: 'removed' };
  return {
    kind: 'later',
    afterSeconds: fault.kind === 'limited' ? fault.afterSeconds : 5,
    reason: fault.reason,
  };
}

/** True when the same message in fewer and plainer blocks may be taken. */
export function wantsLess(fault: Fault): boolean {
  return fault.kind === 'refused' && tooMuch.has(fault.error);
}
