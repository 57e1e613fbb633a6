import type { AlertSource } from './alert-source.ts';
import { readAlertmanager, readGrafana } from './alertmanager.ts';
import { readJsonAlerts } from './json-alerts.ts';
import { readPagerDuty } from './pagerduty.ts';

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
  {
    name: 'pagerduty',
    path: '/webhooks/pagerduty',
    variable: 'PAGERDUTY_SECRET',
    signedIn: 'x-pagerduty-signature',
    read: readPagerDuty,
  },
  {
    name: 'json',
    path: '/webhooks/json',
    variable: 'JSON_ALERTS_TOKEN',
    basic: true,
    read: readJsonAlerts,
  },
];
