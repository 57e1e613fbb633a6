import { refusalsOf } from '../../adapters/prometheus/examine.ts';
import type { Config } from '../../config.ts';
import { about, type Finding } from './finding.ts';

const { right, wrong } = about('Prometheus');

/** Whether the hour before an incident can be shown, by asking for that of an object that is not there. */
export async function examinePrometheus({
  prometheus,
}: Pick<Config, 'prometheus'>): Promise<readonly Finding[]> {
  if (prometheus === undefined) return [];
  const at = new URL(prometheus.url).host;
  const [reason] = await refusalsOf(prometheus);
  return reason === undefined
    ? [right(`${at} answers queries.`)]
    : [
        wrong(
          `${at} answers no query: ${reason}`,
          'Check PROMETHEUS_URL with its path, and PROMETHEUS_TOKEN.',
        ),
      ];
}
