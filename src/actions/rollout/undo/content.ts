import type { ContentChange } from '../../../domain/effect.ts';
import type { Revision } from '../../../domain/facts/revision.ts';
import { isSameContent } from '../../pod-template/change.ts';

/** Without a look at the template it may be anything. */
const anything: ContentChange = { code: true, configuration: true };

/** What of the pods a revision changes: the images of its containers, or only how they run. */
export function contentOf({ change }: Pick<Revision, 'change'>): ContentChange {
  if (change === undefined) return anything;
  const code = change.containers.some(({ becomes, image }) => becomes !== 'changed' || image !== undefined);
  return { code, configuration: !isSameContent(change) };
}
