import { nameOf } from '../objects/identity.ts';
import { badRequest } from '../refusal.ts';
import type { Simulation } from '../simulation.ts';
import { listAt, textAt } from '../tree.ts';
import { find } from './read.ts';
import type { ObjectPlace, Reply, Request } from './request.ts';

/** `GET pods/<name>/log` with container, previous, tailLines, sinceSeconds, timestamps and limitBytes. */
export function podLog({ world, kubelet }: Simulation, request: Request, place: ObjectPlace): Reply {
  const pod = find(world.store, place);
  const { query } = request;
  const names = listAt(pod, 'spec', 'containers').map((each) => textAt(each, 'name') ?? '');
  const container = query.get('container') ?? (names.length === 1 ? names[0] : undefined);
  if (container === undefined)
    throw badRequest(
      `a container name must be specified for pod ${nameOf(pod)}, choose one of: [${names.join(' ')}]`,
    );
  const answer = kubelet.log(world, pod, container, query.get('previous') === 'true');
  switch (answer.kind) {
    case 'unknown container':
      throw badRequest(`container ${container} is not valid for pod ${nameOf(pod)}`);
    case 'waiting':
      throw badRequest(
        `container "${container}" in pod "${nameOf(pod)}" is waiting to start: ${answer.reason}`,
      );
    case 'no previous':
      throw badRequest(`previous terminated container "${container}" in pod "${nameOf(pod)}" not found`);
    case 'lines': {
      const since = Number(query.get('sinceSeconds') ?? Number.POSITIVE_INFINITY) * 1000;
      const recent = answer.lines.filter((line) => world.now() - line.at <= since);
      const tail = query.get('tailLines');
      const lines = tail === null ? recent : recent.slice(Math.max(0, recent.length - Number(tail)));
      const stamped = (at: number) =>
        query.get('timestamps') === 'true' ? `${new Date(at).toISOString()} ` : '';
      const text = lines.map((line) => `${stamped(line.at)}${line.text}\n`).join('');
      const limit = query.get('limitBytes');
      return { kind: 'text', code: 200, text: limit === null ? text : text.slice(0, Number(limit)) };
    }
  }
}
