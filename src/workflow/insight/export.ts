import type { Lesson } from '../../domain/insight/lived.ts';
import {
  countExample,
  countLeftOut,
  type DataCard,
  dataCard,
  emptyTally,
} from '../../stages/learn/training/data-card.ts';
import { exampleOf, lineOf } from '../../stages/learn/training/example.ts';
import { type Split, sideOf, splitDay } from '../../stages/learn/training/split.ts';
import type { Asked, Past } from './insight-port.ts';

/** Where an export goes. Nothing of it is there under its own name until `finish`, and the card is the last. */
export interface ExportFolder {
  write(side: Split, line: string): Promise<void>;
  /** Of what was written to a file, 64 hex digits. */
  sha256(side: Split): string;
  finish(card: Pick<DataCard, 'json' | 'markdown'>): Promise<void>;
  /** Takes back what was begun. */
  discard(): Promise<void>;
}

/**
 * Writes what can be learned from as examples of chats, with a card that says what they are and what was left out. The same
 * rows give the same bytes; one row at a time is in the memory.
 */
export async function exportFinetune(
  past: Past,
  asked: Asked,
  folder: ExportFolder,
  signal?: AbortSignal,
): Promise<DataCard> {
  try {
    const day = splitDay(await past.examplesByDay(asked));
    const tally = emptyTally();
    for await (const lesson of past.lessons(asked)) {
      signal?.throwIfAborted();
      const side = lesson.kind === 'example' ? sideOfLesson(lesson, day) : undefined;
      if (lesson.kind === 'left out') countLeftOut(tally, lesson.reason);
      else if (side === undefined) countLeftOut(tally, 'over the split');
      else {
        await folder.write(side, lineOf(exampleOf(lesson.label, lesson.lived)));
        countExample(tally, side, lesson);
      }
    }
    const sha256 = { train: folder.sha256('train'), validation: folder.sha256('validation') };
    const { since } = asked;
    const card = dataCard(tally, { since, splitDay: day, lastingHours: past.lastingHours, sha256 });
    await folder.finish(card);
    return card;
  } catch (fault) {
    await folder.discard();
    throw fault;
  }
}

function sideOfLesson(
  { lived }: Extract<Lesson, { kind: 'example' }>,
  day: string | undefined,
): Split | undefined {
  return sideOf({ incidentAt: lived.incidentAt, createdAt: lived.remediation.createdAt }, day);
}
