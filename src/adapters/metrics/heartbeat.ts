import type { Metrics } from './metrics.ts';

/** Milliseconds between two heartbeats: one call in 30 s is far below every limit of Slack. */
const every = 30_000;

/**
 * Measures the way to Slack and back while nothing else is said, so that a Slack that has gone is seen before somebody
 * needs it. Answers how to end it.
 *
 * @param ping throws when Slack does not answer
 */
export function followSlack(ping: () => Promise<unknown>, metrics: Metrics): () => void {
  const beat = async () => {
    const begun = performance.now();
    const seconds = await ping().then(
      () => (performance.now() - begun) / 1000,
      () => Number.NaN,
    );
    metrics.slackRoundTrip.set(seconds);
  };
  void beat();
  const timer = setInterval(() => void beat(), every);
  return () => clearInterval(timer);
}
