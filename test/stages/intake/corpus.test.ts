import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { printAction } from '../../../src/actions/print.ts';
import { verbs } from '../../../src/domain/action.ts';
import type { Parsed } from '../../../src/stages/intake/command.ts';
import { parseCommand } from '../../../src/stages/intake/command.ts';
import { renderRefusal } from '../../../src/stages/intake/grammar/render.ts';
import { inventedBy } from './invented.ts';

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
    // Nobody wrote a patch of a field that has no verb, or one that suspends or resumes.
    const expected = verbs.filter((verb) => !['suspend', 'resume', 'patch'].includes(verb));
    const read = Object.keys(counts).filter((key) => key.startsWith('action: '));
    expect(read.toSorted()).toEqual(expected.map((verb) => `action: ${verb}`).toSorted());
  });

  test('that is accepted prints back to the same Action and holds nothing the line does not say', () => {
    const invented = commands.flatMap((command) => {
      const parsed = parseCommand(command);
      if (parsed.kind === 'refused') return [];
      expect(parseCommand(printAction(parsed.action))).toMatchObject({
        kind: 'action',
        action: parsed.action,
      });
      return inventedBy(command, parsed);
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

  const accepted = commands.flatMap((command) => {
    const parsed = parseCommand(command);
    return parsed.kind === 'action' ? [{ command, action: parsed.action }] : [];
  });

  test('with shell syntax or a placeholder is never accepted, but in quotes where a shell leaves it alone', () => {
    const signs = ['|', ';', '&', '$', '`', '<', '>', '[', '{', '*', '(', '#', '\\'];
    const bare = accepted.map(({ command }) => command.replaceAll(/'[^']*'|"[^"$`\\]*"/g, ''));
    expect(bare.filter((command) => signs.some((sign) => command.includes(sign)))).toEqual([]);
  });

  test('for all of a kind, all namespaces or a file is never accepted', () => {
    const flags = /(^| )(--all|-A|--all-namespaces|-f|--filename|-k|-R|--field-selector)\b/;
    expect(accepted.filter(({ command }) => flags.test(command))).toEqual([]);
  });

  test('with a selector is accepted as exactly that, and no other is', () => {
    const selecting = accepted.filter(({ command }) => /(^| )(-l|--selector)\b/.test(command));
    expect(selecting.length).toBeGreaterThan(10);
    expect(selecting.filter(({ action }) => !('selector' in action.target))).toEqual([]);
    const others = accepted.filter((each) => !selecting.includes(each));
    expect(others.filter(({ action }) => 'selector' in action.target)).toEqual([]);
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
