/** What was read of a body, and whether that is all of it. */
export interface ReadBody {
  readonly text: string;
  readonly isWhole: boolean;
}

/**
 * The text of a body, of at most so many bytes. What comes after them is not taken from the network at all: whoever sends it
 * finds the connection closed, and this process never holds it.
 *
 * @throws what the body throws
 */
export async function readBody(body: AsyncIterable<Uint8Array>, largest: number): Promise<ReadBody> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    const room = largest - size;
    chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    size += chunk.length;
    if (size > largest) break;
  }
  return { text: Buffer.concat(chunks).toString('utf8'), isWhole: size <= largest };
}

/** The lines of it that came whole: half a line may end in half a secret, which nobody would know for one. */
export function wholeLines({ text, isWhole }: ReadBody): string {
  return isWhole ? text : text.slice(0, text.lastIndexOf('\n') + 1);
}
