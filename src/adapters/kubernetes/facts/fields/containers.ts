import { z } from 'zod';
import { type Container, chosen } from '../../../../actions/pod-template/containers.ts';
import type { Subject } from '../../../../domain/facts/facts.ts';
import type { FactNeeds, WrittenVariables } from '../../../../domain/facts/needs.ts';
import { list, texts } from '../../client/objects.ts';

/** A container's variables: the value is only compared, and `valueFrom` only noticed. */
const variable = z.object({
  name: z.string(),
  value: z.string().nullish(),
  valueFrom: z.unknown().optional(),
});
const container = z.object({
  env: list(variable),
  resources: z.object({ limits: texts, requests: texts }).prefault({}),
});
const shape = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({ containers: list(container), initContainers: list(container) }),
    }),
  }),
});
type Shape = z.infer<typeof container>;

/** The containers of a workload with what the action needs of them. Values of variables are not kept. */
export function withContainerFields(
  subject: Subject,
  { variables, resources }: Pick<FactNeeds, 'variables' | 'resources'>,
  raw: unknown,
): Subject {
  if (subject.kind !== 'workload') return subject;
  if (variables === undefined && resources === undefined) return subject;
  const { containers, initContainers } = shape.parse(raw).spec.template.spec;
  const written = variables === undefined ? [] : chosen(variables, subject);
  const filled = subject.containers.map((each): Container => {
    const found = (each.init ? initContainers : containers)[each.index];
    if (found === undefined) return each;
    return {
      ...each,
      ...(resources && { resources: found.resources }),
      ...(variables && written.includes(each) && { env: variablesOf(variables, found) }),
    };
  });
  return { ...subject, containers: filled };
}

function variablesOf({ set }: WrittenVariables, { env }: Shape): NonNullable<Container['env']> {
  const isAlone = (name: string) => env.filter((each) => each.name === name).length === 1;
  const same = set
    .filter(({ name, value }) => {
      const live = env.find((each) => each.name === name);
      return (
        live?.valueFrom === undefined && live !== undefined && (live.value ?? '') === value && isAlone(name)
      );
    })
    .map(({ name }) => name);
  return { names: [...new Set(env.map(({ name }) => name))], same };
}
