import type { AlertSource } from './alert-source.ts';
import { readAlertmanager, readGrafana } from './alertmanager.ts';

/** Who may send alerts. A new source is one line here and one file with its reader. */
export const alertSources: readonly AlertSource[] = [
  {
    name: 'alertmanager',
    path: '/webhooks/alertmanager',
    variable: 'ALERTMANAGER_TOKEN',
    basic: true,
    read: readAlertmanager,
  },
  {
    name: 'grafana',
    path: '/webhooks/grafana',
    variable: 'GRAFANA_TOKEN',
    basic: true,
    read: readGrafana,
  },
];
