import type { Log } from '../../workflow/ports.ts';

/** By its folder, or, where all is joined into a few files as in the image, by the name of its class. */
const socketClient = /[\\/]@slack[\\/]socket-mode[\\/]|\bSocketModeClient\b/;

/** The SDK's socket client rejects promises that nobody holds when a disconnect meets a pending reconnect. */
function fromSocketClient(reason: unknown): boolean {
  return reason === undefined || (reason instanceof Error && socketClient.test(reason.stack ?? ''));
}

/**
 * Logs the unheld rejections that are known to come out of Slack's socket client, and only those: any other one
 * stays what it is, the end of the process. `lost` is called for each. Returns what undoes it.
 */
export function catchSocketRejections(log: Log, lost: () => void): () => void {
  const handle = (reason: unknown): void => {
    if (!fromSocketClient(reason)) throw reason;
    log.error({ err: reason }, 'The connection to Slack was lost in a way its client did not handle');
    lost();
  };
  process.on('unhandledRejection', handle);
  return () => process.off('unhandledRejection', handle);
}
