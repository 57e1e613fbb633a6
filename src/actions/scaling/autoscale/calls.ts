import { type ActionOf, describeTarget } from '../../../domain/action.ts';
import type { Facts } from '../../../domain/facts/facts.ts';
import type { ObjectRef, PatchOperation } from '../../../domain/plan.ts';
import type { Json } from '../../../domain/text/json.ts';
import { jsonPointer } from '../../../domain/text/json-pointer.ts';
import { type Draft, type DraftInput, refOf, refuse, send, withWorkload } from '../../draft.ts';
import { type Bounds, boundsOf, rangeText } from '../bounds.ts';

type AutoscaleInput = DraftInput<'autoscale'>;
type Autoscaler = NonNullable<Facts['autoscaler']>;

/** Makes what `kubectl autoscale` makes (cmd/autoscale/autoscale.go), or changes the one that there is. */
export function calls(input: AutoscaleInput): Draft {
  return withWorkload(input, () => {
    const { autoscaler } = input.facts;
    return autoscaler === undefined ? make(input) : change(input, autoscaler);
  });
}

const refFor = ({ target: { namespace } }: ActionOf<'autoscale'>, name: string): ObjectRef =>
  refOf({ kind: 'HorizontalPodAutoscaler', namespace, name });

function make({ action }: AutoscaleInput): Draft {
  const { target } = action;
  const bounds = boundsOf(action, undefined);
  const ref = refFor(action, target.name);
  return send({
    kind: 'create',
    ref,
    body: manifest(action, ref, bounds),
    recognise: { kind: 'ours' },
    sentence: `Create HorizontalPodAutoscaler/${target.name} for ${describeTarget(target)}: ${told(bounds)}.`,
  });
}

function manifest(
  { target }: ActionOf<'autoscale'>,
  { apiVersion, name }: ObjectRef,
  { min, max, cpu }: Bounds,
): Json {
  const wanted = { type: 'Utilization', averageUtilization: cpu ?? null };
  return {
    apiVersion,
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace: target.namespace },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: target.kind, name: target.name },
      minReplicas: min,
      maxReplicas: max,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: wanted } }],
    },
  };
}

function change({ action }: AutoscaleInput, live: Autoscaler): Draft {
  const name = `HorizontalPodAutoscaler/${live.name}`;
  const { uid, cpu } = live;
  if (uid === undefined) return refuse(`${name} was not read whole: which object it is, is not known.`);
  const bounds = boundsOf(action, live);
  const fields = [
    { path: '/spec/minReplicas', from: live.min, to: bounds.min },
    { path: '/spec/maxReplicas', from: live.max, to: bounds.max },
    ...(cpu === undefined || bounds.cpu === undefined
      ? []
      : [{ path: `${metricAt(cpu.index)}/target/averageUtilization`, from: cpu.percent, to: bounds.cpu }]),
  ];
  const different = fields.filter(({ from, to }) => from !== to);
  const operations: PatchOperation[] = [
    { op: 'test', path: '/metadata/uid', value: uid },
    ...(cpu === undefined
      ? []
      : [{ op: 'test' as const, path: `${metricAt(cpu.index)}/name`, value: 'cpu' }]),
    ...different.flatMap(({ path, from, to }): PatchOperation[] => [
      { op: 'test', path, value: from },
      { op: 'replace', path, value: to },
    ]),
  ];
  return send({
    kind: 'patch',
    ref: refFor(action, live.name),
    operations,
    recognise: { kind: 'fields', uid, fields: fields.map(({ path, to }) => ({ path, value: to })) },
    sentence: `Change ${name} to ${told(bounds)}.`,
  });
}

const metricAt = (index: number) => jsonPointer('spec', 'metrics', index, 'resource');

function told({ min, max, cpu }: Bounds): string {
  return `${rangeText({ min, max })}${cpu === undefined ? '' : ` at ${cpu} % of the requested processor time`}`;
}
