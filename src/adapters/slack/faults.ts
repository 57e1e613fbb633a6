import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import { z } from 'zod';
import type { Delivered } from '../../workflow/ports.ts';

/** What a failed Web API call means for whoever made it. */
export type Fault =
  /** Slack took nothing and said when to come back. */
  | { readonly kind: 'limited'; readonly afterSeconds: number; readonly reason: string }
  /** No answer, or one that does not say whether it was taken: timeout, connection lost, 5xx. */
  | { readonly kind: 'ambiguous'; readonly reason: string }
  /** Slack understood and said no. `error` is Slack's own word. */
  | { readonly kind: 'refused'; readonly error: string; readonly reason: string };

/** Platform errors that pass by themselves; every other `ok: false` is final. */
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
  if (error.statusCode >= 500)
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

/** A fault on a post: what is ambiguous must be looked for before it is sent again. */
export function postOutcome(fault: Fault): Delivered {
  switch (fault.kind) {
    case 'limited':
      return { kind: 'later', afterSeconds: fault.afterSeconds, reason: fault.reason };
    case 'ambiguous':
      return { kind: 'unknown', reason: fault.reason };
    case 'refused':
      return { kind: 'refused', reason: fault.reason };
  }
}

/** A fault on an update: sending it twice is harmless, so what is ambiguous is simply sent again. */
export function updateOutcome(fault: Fault): Delivered {
  return fault.kind === 'ambiguous'
    ? { kind: 'later', afterSeconds: 2, reason: fault.reason }
    : postOutcome(fault);
}

const tooMuch = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_too_long',
  'msg_blocks_too_long',
  'msg_too_large',
  'block_mismatch',
  'metadata_too_large',
]);

/** True when the same message in fewer and plainer blocks may be taken. */
export function wantsLess(fault: Fault): boolean {
  return fault.kind === 'refused' && tooMuch.has(fault.error);
}
