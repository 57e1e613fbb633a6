/** Milliseconds of Slack's three seconds that an answer may take before we acknowledge without it. */
const patience = 2_200;

/**
 * What is said where Slack has to be answered before the work is committed. Nothing is acknowledged in silence that is not
 * written down: whoever reads this knows that it may come to nothing, should this process end now.
 */
export const notYet = (again: 'ask' | 'click'): string =>
  `This takes longer than usual. Nothing is recorded yet: if no answer follows, ${again} again.`;

/**
 * Acknowledges with the answer when it comes in time, and else with what `ack` says meanwhile, so that Slack shows no
 * error; the answer then goes through `late`. The answer is committed work: it is awaited in both cases.
 */
export async function acknowledge<T>(
  answer: Promise<T>,
  inTime: (value: T) => Promise<unknown>,
  ack: () => Promise<unknown>,
  late: (value: T) => Promise<unknown>,
): Promise<void> {
  const { promise: slow, resolve } = Promise.withResolvers<'slow'>();
  const timer = setTimeout(() => resolve('slow'), patience);
  try {
    const first = await Promise.race([answer.then((value) => ({ value })), slow]);
    if (first !== 'slow') {
      await inTime(first.value);
      return;
    }
    await ack();
    await late(await answer);
  } finally {
    clearTimeout(timer);
  }
}
