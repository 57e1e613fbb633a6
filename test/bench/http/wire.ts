import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One kept-alive connection that sends ready-made bytes and waits for the whole answer. */
export interface Wire {
  /** Milliseconds from the first byte sent to the last byte of the answer. Throws for any status but 200. */
  ask(request: Buffer): Promise<number>;
  close(): void;
}

/** A socket rather than a client library: the library would cost as much as what is measured. */
export async function openWire(port: number): Promise<Wire> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return {
    ask: async (request) => {
      const sent = performance.now();
      const answered = answerOf(socket);
      socket.write(request);
      const status = await answered;
      const took = performance.now() - sent;
      if (!status.startsWith('HTTP/1.1 200')) throw new Error(`The server answered "${status}".`);
      return took;
    },
    close: () => socket.destroy(),
  };
}

/** The status line, once the body has come whole: by its length, or by the empty last chunk. */
function answerOf(socket: Socket): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  const take = (chunk: Buffer): void => {
    chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('latin1');
    if (isWhole(text)) resolve(text.slice(0, text.indexOf('\r\n')));
  };
  const gone = (): void => reject(new Error('The server closed the connection.'));
  socket.on('data', take).once('close', gone).once('error', reject);
  return promise.finally(() => {
    socket.off('data', take).off('close', gone).off('error', reject);
  });
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = text.slice(0, end).match(/content-length: (\d+)/i)?.[1];
  return length === undefined ? text.endsWith('0\r\n\r\n') : text.length - end - 4 >= Number(length);
}
