import { printAction } from '../../../src/actions/print.ts';
import { parseCommand } from '../../../src/stages/intake/command.ts';

/** The canonical form of what was understood, or the refusal's code. */
export function read(text: string): string {
  const parsed = parseCommand(text);
  return parsed.kind === 'action' ? printAction(parsed.action) : `refused: ${parsed.refusal.code}`;
}

/** What a refusal says: its code, the part of the text that the caret stands under, its sentence, and what to try. */
export function refusal(text: string) {
  const parsed = parseCommand(text);
  if (parsed.kind === 'action') return { accepted: printAction(parsed.action) };
  const { code, span, reason, nearest } = parsed.refusal;
  return { code, under: text.slice(span.start, span.end), reason, nearest };
}

export function notes(text: string): readonly string[] {
  const parsed = parseCommand(text);
  return parsed.kind === 'action' ? parsed.notes : [`refused: ${parsed.refusal.reason}`];
}
