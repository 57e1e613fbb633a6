import { type Logger, SocketModeReceiver } from '@slack/bolt';
import type { Log } from '../../workflow/ports.ts';
import { catchSocketRejections } from './rejections.ts';

/** One socket to Slack. */
export interface SocketSide {
  readonly receiver: SocketModeReceiver;
  connected(): boolean;
  start(): Promise<void>;
  /** Closes the socket and waits for it to be closed, at most `seconds`. */
  stop(seconds: number): Promise<void>;
}

/** Milliseconds before a client that gave up is started again, however often it does. */
const restartAfter = 5_000;

/**
 * While Slack does not answer it is asked for a socket for as long as that takes. The client's own pauses grow without end: after
 * an outage of an hour it would be deaf for a quarter of one more. Milliseconds.
 */
const patience = { forever: true, factor: 1.3, minTimeout: 1_000, maxTimeout: 10_000 } as const;

/**
 * The socket, with what Bolt leaves open closed: options of its own (the client writes into them, and a short retry
 * configuration would leave it deaf for ever), a state that can be asked for, and a restart when it gives up.
 */
export function createSocket(
  appToken: string,
  apiUrl: string | undefined,
  logger: Logger,
  log: Log,
): SocketSide {
  const clientOptions = {
    ...{ timeout: 10_000, retryConfig: { ...patience } },
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
  };
  const receiver = new SocketModeReceiver({ appToken, logger, installerOptions: { clientOptions } });
  const { client } = receiver;
  const state = { open: false, stopping: false };
  client.on('connected', () => {
    state.open = true;
  });
  for (const event of ['disconnected', 'reconnecting', 'close']) {
    client.on(event, () => {
      state.open = false;
    });
  }
  const restart = (): void => {
    if (state.open || state.stopping) return;
    client.start().catch((error: unknown) => {
      log.error({ err: error }, 'Slack could not be reached again; it is tried once more');
      restartLater();
    });
  };
  const restartLater = (): void => void setTimeout(restart, restartAfter).unref();
  const release = catchSocketRejections(log, () => {
    state.open = false;
    restartLater();
  });
  return {
    receiver,
    connected: () => state.open,
    start: async () => {
      await receiver.start();
    },
    stop: async (seconds) => {
      state.stopping = true;
      await closed(client, seconds);
      release();
    },
  };
}

function closed(client: SocketModeReceiver['client'], seconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const deadline = setTimeout(resolve, seconds * 1000);
  client.disconnect().then(
    () => resolve(),
    () => resolve(),
  );
  return promise.finally(() => clearTimeout(deadline));
}
