import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Request } from '../../../src/domain/action.ts';
import { verbs } from '../../../src/domain/action.ts';
import { printAction } from '../../../src/domain/print.ts';
import type { Parsed } from '../../../src/stages/intake/command.ts';
import { parseCommand } from '../../../src/stages/intake/command.ts';
import { renderRefusal } from '../../../src/stages/intake/grammar/render.ts';

// Command lines collected from public runbooks and documentation; not part of the repository.
const CORPUS = join(import.meta.dirname, '../../../../shared/corpus');
const COMMANDS = join(CORPUS, 'kubectl-commands.tsv');
const LABELLED = join(CORPUS, 'kubectl-modifies-labelled.tsv');

function rows(file: string): readonly (readonly string[])[] {
  const lines = readFileSync(file, 'utf8').split('\n').slice(1);
  return lines.filter((line) => line !== '').map((line) => line.split('\t'));
}

function verdict(parsed: Parsed): string {
  return parsed.kind === 'action' ? `action: ${parsed.action.verb}` : parsed.refusal.code;
}

/** Everything in an Action that can only have come from the text. */
function facts(action: Action, notes: readonly string[]): readonly string[] {
  const assumed = notes.some((note) => note.startsWith('No namespace given'));
  const place = action.target.kind === 'Node' || assumed ? [] : [action.target.namespace];
  const images = action.verb === 'set image' ? action.images.map((i) => `${i.container}=${i.image}`) : [];
  const numbers =
    action.verb === 'scale'
      ? [action.replicas, action.currentReplicas]
      : action.verb === 'rollout undo'
        ? [action.toRevision]
        : [];
  return [action.target.name, ...place, ...images, ...numbers.filter((n) => n !== undefined).map(String)];
}

describe.skipIf(!existsSync(COMMANDS))('every line of the command corpus', () => {
  const commands = existsSync(COMMANDS) ? rows(COMMANDS).map(([command = '']) => command) : [];

  test('is parsed or refused, and the table says how', () => {
    const counts: Record<string, number> = {};
    for (const command of commands) {
      const key = verdict(parseCommand(command));
      counts[key] = (counts[key] ?? 0) + 1;
    }
    console.table(Object.fromEntries(Object.entries(counts).sort(([, a], [, b]) => b - a)));
    expect(commands.length).toBeGreaterThan(3000);
    expect(Object.keys(counts).filter((key) => key.startsWith('action: '))).toHaveLength(9);
  });

  test('that is accepted prints back to the same Action and holds nothing the line does not say', () => {
    const invented = commands.flatMap((command) => {
      const parsed = parseCommand(command);
      if (parsed.kind === 'refused') return [];
      expect(parseCommand(printAction(parsed.action))).toMatchObject({
        kind: 'action',
        action: parsed.action,
      });
      return facts(parsed.action, parsed.notes).filter((fact) => !command.includes(fact));
    });
    expect(invented).toEqual([]);
  });

  test('that is refused has a reason, a span inside the line and a nearest form that parses or shows capitals', () => {
    const bad = commands.filter((command) => {
      const parsed = parseCommand(command);
      if (parsed.kind === 'action') return false;
      const { span, reason, nearest } = parsed.refusal;
      const placed = span.start >= 0 && span.start <= span.end && span.end <= command.length;
      const offered =
        nearest === undefined || nearest.includes('NAME') || parseCommand(nearest).kind === 'action';
      return (
        !placed || !offered || !reason.endsWith('.') || !renderRefusal(command, parsed.refusal).includes('^')
      );
    });
    expect(bad).toEqual([]);
  });

  test('with shell syntax, placeholders or selectors is never accepted', () => {
    const signs = [
      '|',
      ';',
      '&',
      '$',
      '`',
      '<',
      '>',
      '[',
      '{',
      '*',
      '(',
      '--all',
      ' -A',
      ' -l',
      '--selector',
      ' -f ',
    ];
    const accepted = commands.filter((command) => parseCommand(command).kind === 'action');
    expect(accepted.filter((command) => signs.some((sign) => command.includes(sign)))).toEqual([]);
  });
});

describe.skipIf(!existsSync(LABELLED))('commands labelled by another tool as modifying or not', () => {
  const labelled = existsSync(LABELLED) ? rows(LABELLED) : [];

  test('none that modifies is called read-only', () => {
    const wrong = labelled.filter(([command = '', label]) => {
      return label === 'yes' && ['reads-only', 'local-only'].includes(verdict(parseCommand(command)));
    });
    expect(wrong).toEqual([]);
  });

  test('none that only reads is called a change; that table counts dry runs as reading', () => {
    const wrong = labelled.filter(([command = '', label]) => {
      const found = verdict(parseCommand(command));
      const change = found.startsWith('action: ') || found === 'outside-set';
      return label === 'no' && change && !command.includes('--dry-run');
    });
    expect(wrong).toEqual([]);
  });
});
