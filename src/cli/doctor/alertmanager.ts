import { seeAlertmanager } from '../../adapters/alertmanager/examine.ts';
import type { Config } from '../../config.ts';
import { about, type Finding } from './finding.ts';

const { right, doubtful, wrong } = about('Alertmanager');

/** Whether the alerts of an incident can be silenced, by asking Alertmanager; nothing is silenced. */
export async function examineAlertmanager({
  alertmanager,
}: Pick<Config, 'alertmanager'>): Promise<readonly Finding[]> {
  if (alertmanager === undefined)
    return [doubtful('None is named: no alert can be silenced.', 'Set ALERTMANAGER_URL.')];
  const at = new URL(alertmanager.url).host;
  const seen = await seeAlertmanager(alertmanager);
  switch (seen.kind) {
    case 'answers':
      return [right(`${at} answers, and shows its alerts and silences.`)];
    case 'refuses':
      return [
        wrong(
          `${at} refuses: ${seen.reason}`,
          'Check ALERTMANAGER_URL with its path, and ALERTMANAGER_API_TOKEN.',
        ),
      ];
    case 'away':
      return [
        wrong(`${at} does not answer: ${seen.reason}`, 'Check ALERTMANAGER_URL and the network policy.'),
      ];
  }
}
