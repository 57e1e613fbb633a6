import { z } from 'zod';
import { clusterName } from '../domain/policy/clusters.ts';
import { nearestWord } from '../domain/text/nearest.ts';

/** How a cluster is reached: by a context of a kubeconfig, or as the pod's own service account. */
const way = z
  .strictObject({
    /** One path or several, as in the variable KUBECONFIG, which it takes the place of. */
    kubeconfig: z.string().min(1).optional(),
    /** Its current context where it is left out. */
    context: z.string().min(1).optional(),
    /** The cluster that Firebreak runs in. */
    pod: z.literal(true).optional(),
  })
  .refine(
    ({ pod, ...others }) => (pod === true) !== Object.values(others).some((each) => each !== undefined),
    {
      error:
        'must have a context, a kubeconfig, or both; or pod: true alone for the cluster that Firebreak runs in',
    },
  );

/** The file of FIREBREAK_CLUSTERS. */
export const clustersFile = z
  .strictObject({
    version: z.literal(1),
    clusters: z.record(clusterName, way).refine((all) => Object.keys(all).length > 0, {
      error: 'must name a cluster',
    }),
    /** Of a command or an alert that says none; the first where it is left out. */
    default: clusterName.optional(),
  })
  .check(({ value, issues }) => {
    const names = Object.keys(value.clusters);
    // Keys have a slash behind the name: what is of one must not look as if it was of the other.
    const inner = names.find((name) => names.some((other) => name.startsWith(`${other}/`)));
    if (inner !== undefined)
      issues.push({
        ...{ code: 'custom', path: ['clusters', inner], input: value },
        message: 'begins with the name of another one and a slash: call it otherwise',
      });
    const { default: chosen } = value;
    if (chosen === undefined || names.includes(chosen)) return;
    const nearest = nearestWord(chosen, names);
    const hint = nearest === undefined ? `there are ${names.join(', ')}` : `did you mean "${nearest}"?`;
    const message = `there is no cluster "${chosen}"; ${hint}`;
    issues.push({ code: 'custom', path: ['default'], message, input: value });
  });
