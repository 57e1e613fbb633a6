import { describe, expect, test } from 'vitest';
import { printAction } from '../../../src/actions/print.ts';
import { verbs } from '../../../src/domain/action.ts';
import type { Parsed } from '../../../src/stages/intake/command.ts';
import { parseCommand } from '../../../src/stages/intake/command.ts';
import { renderRefusal } from '../../../src/stages/intake/grammar/render.ts';
import { tables } from '../../fixtures/collections.ts';
import { inventedBy } from './invented.ts';

function verdict(parsed: Parsed): string {
  return parsed.kind === 'action' ? `action: ${parsed.action.verb}` : parsed.refusal.code;
}

describe.each(tables('kubectl-commands.tsv'))('every line of $file', ({ own, rows }) => {
  const commands = rows.map(({ command = '' }) => command);

  test('is read as the table says, or as this one says', () => {
    const read = rows.map(({ command = '' }) => [command, verdict(parseCommand(command))]);
    if (own) expect(read).toEqual(rows.map(({ command, verdict: expected }) => [command, expected]));
    else console.table(Object.groupBy(read, ([, found = '']) => found));
    const accepted = read.map(([, found = '']) => found).filter((found) => found.startsWith('action: '));
    if (own) expect(new Set(accepted)).toEqual(new Set(verbs.map((verb) => `action: ${verb}`)));
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
    expect(selecting).not.toEqual([]);
    expect(selecting.filter(({ action }) => !('selector' in action.target))).toEqual([]);
    const others = accepted.filter((each) => !selecting.includes(each));
    expect(others.filter(({ action }) => 'selector' in action.target)).toEqual([]);
  });
});

describe.each(tables('kubectl-modifies-labelled.tsv'))(
  'commands that modify or not, of $file',
  ({ rows }) => {
    test('none that modifies is called read-only', () => {
      const wrong = rows.filter(({ command = '', modifies }) => {
        return modifies === 'yes' && ['reads-only', 'local-only'].includes(verdict(parseCommand(command)));
      });
      expect(wrong).toEqual([]);
    });

    test('none that only reads is called a change; that table counts dry runs as reading', () => {
      const wrong = rows.filter(({ command = '', modifies }) => {
        const found = verdict(parseCommand(command));
        const change = found.startsWith('action: ') || found === 'outside-set';
        return modifies === 'no' && change && !command.includes('--dry-run');
      });
      expect(wrong).toEqual([]);
    });
  },
);
