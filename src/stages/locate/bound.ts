import type { Emergency } from '../../domain/manifest/emergency.ts';
import type { GitChange } from '../../domain/manifest/git-change.ts';
import type { Json } from '../../domain/text/json.ts';

/**
 * What an approval binds to, with the change of a repository where that is the way in which it is carried out: the place and
 * the text of its lines, wherever in the file they stand; in an emergency with that, too. Without one it is what it is without
 * this.
 */
export function boundTo(binding: Json, change: GitChange | undefined, emergency?: Emergency): Json {
  if (change?.kind !== 'request') return binding;
  const { repository, branch } = change.place;
  const lines = change.lines.map(({ file, before, after }) => ({ file, before, after }));
  const bound = { target: binding, request: { repository, branch, lines } };
  if (emergency === undefined) return bound;
  const { reason, pause } = emergency;
  const paused = pause === undefined ? null : { owner: { ...pause.owner }, minutes: pause.minutes };
  return { ...bound, emergency: { reason, pause: paused } };
}
