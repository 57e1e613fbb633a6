import type { Dispatcher } from 'undici';
import type { Fence } from '../../../workflow/applied.ts';

/** The fence was closed when the request was about to be written: not a byte of it was sent. */
class LateWrite extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'LateWrite';
  }
}

/** Why a request was held back; undefined for any other fault. */
export const heldBackBy = (fault: unknown): string | undefined =>
  fault instanceof Error && fault.cause instanceof LateWrite ? fault.cause.message : undefined;

/**
 * A pool whose requests look at a fence when they are written to their socket. Before that a request may have waited for
 * credentials, for a connection, for TLS, or for others on the same connection, and the process may have stood still
 * all the while. undici calls `onRequestStart` right before it writes, on new and kept-alive sockets alike; what is thrown
 * there stops the request (undici/lib/dispatcher/client-h1.js, writeH1).
 */
export function behind(fence: Fence, dispatcher: Dispatcher): Dispatcher {
  return dispatcher.compose((dispatch) => (options, handler) => {
    return dispatch(options, {
      onRequestStart: (controller, context) => {
        const reason = fence();
        if (reason !== undefined) throw new LateWrite(reason);
        handler.onRequestStart?.(controller, context);
      },
      onRequestUpgrade: (...all) => handler.onRequestUpgrade?.(...all),
      onResponseStart: (...all) => handler.onResponseStart?.(...all),
      onResponseData: (...all) => handler.onResponseData?.(...all),
      onResponseEnd: (...all) => handler.onResponseEnd?.(...all),
      onResponseError: (...all) => handler.onResponseError?.(...all),
    });
  });
}
