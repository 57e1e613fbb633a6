import { z } from 'zod';

/** What Firebreak asks over HTTP besides Slack, Git and the clusters, where it is named. */
export interface Served {
  /** Where alerts are silenced; absent: nowhere. `settled`: see AlertmanagerSettings. */
  readonly alertmanager?: { readonly url: string; readonly token?: string; readonly settled?: number };
  /** Where metrics of what incidents are about are asked for; absent: nowhere. `step`: see PrometheusSettings. */
  readonly prometheus?: { readonly url: string; readonly token?: string; readonly step?: number };
}

const address = (of: string) => z.url({ protocol: /^https?$/, error: `must be the URL of ${of}` }).optional();

/** Of the environment; blanks around a value are taken off before, and an empty one is none. */
export const servedVariables = z.object({
  ALERTMANAGER_URL: address('Alertmanager, such as http://alertmanager:9093'),
  ALERTMANAGER_API_TOKEN: z.string().optional(),
  PROMETHEUS_URL: address('Prometheus, such as http://prometheus:9090'),
  PROMETHEUS_TOKEN: z.string().optional(),
});

export function servedBy(values: z.infer<typeof servedVariables>): Served {
  const { ALERTMANAGER_URL: alertmanager, PROMETHEUS_URL: prometheus } = values;
  return {
    ...(alertmanager === undefined
      ? {}
      : { alertmanager: withToken(alertmanager, values.ALERTMANAGER_API_TOKEN) }),
    ...(prometheus === undefined ? {} : { prometheus: withToken(prometheus, values.PROMETHEUS_TOKEN) }),
  };
}

const withToken = (url: string, token: string | undefined) =>
  token === undefined ? { url } : { url, token };
