import type { AlertSource } from './alert-source.ts';
import { readAlertmanager } from './alertmanager.ts';

/** Who may send alerts. A new source is one line here and one file with its reader. */
export const alertSources: readonly AlertSource[] = [
  {
    name: 'alertmanager',
    path: '/webhooks/alertmanager',
    variable: 'ALERTMANAGER_TOKEN',
    read: readAlertmanager,
  },
];
