import { createMeasures, noneOfIt, type PrometheusSettings } from './measures.ts';

/** Any object will do: whether it has metrics of it is not asked for. */
const nobody = 'cluster/default/Deployment/firebreak-doctor';

/** What a Prometheus says why it does not answer; none where it does. */
export async function refusalsOf(settings: PrometheusSettings): Promise<readonly string[]> {
  const signal = AbortSignal.timeout(10_000);
  const { missing } = await createMeasures(settings).before(nobody, new Date().toISOString(), signal);
  return missing.filter((each) => each !== noneOfIt);
}
