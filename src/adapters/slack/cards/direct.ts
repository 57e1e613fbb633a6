import { phrase } from '../../../actions/phrase.ts';
import { stateWords } from '../../../domain/text/states.ts';
import type { Content } from '../../../workflow/ports.ts';
import { limits, paragraph, type Rendered, section } from '../blocks.ts';
import { clamp, linked, md, oneLine } from '../text.ts';
import { inCluster } from './notification.ts';

export type DirectContent = Extract<Content, { kind: 'direct' }>;

/** How a change has ended, for one person alone: the word, the verdict, and where everything else is. */
export function directMessage(content: DirectContent, workspaceUrl?: string): Rendered {
  const { remediation, cluster, place } = content;
  const { emoji, word, sentence: body } = stateWords(remediation, []);
  const head = `${word}: ${phrase(remediation.action)}${inCluster(cluster)} (remediation ${remediation.number})`;
  return {
    text: clamp(oneLine(`${head}. ${body}`), limits.fallback),
    blocks: [
      section(md`*${emoji} ${clamp(oneLine(head), 500)}*${linked(place, workspaceUrl)}`),
      paragraph(clamp(body, 1200)),
    ],
  };
}

/** As one plain paragraph, for when Slack refuses the full one. */
export function shortDirect(content: DirectContent): Rendered {
  const { text } = directMessage(content);
  return { text, blocks: [paragraph(text)] };
}
