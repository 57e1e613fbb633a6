import { describe, expect, test } from 'vitest';
import { actionKinds } from '../../src/actions/action-kinds.ts';
import { allCommands } from '../../src/actions/commands.ts';
import { phrase } from '../../src/actions/phrase.ts';
import { printAction } from '../../src/actions/print.ts';
import { verbs } from '../../src/domain/action.ts';
import { parseCommand } from '../../src/stages/intake/command.ts';
import { longFlag } from '../../src/stages/intake/grammar/known-flags.ts';
import { helpLines } from '../../src/workflow/intake/help.ts';

/** The request that a text means. */
function requestOf(text: string) {
  const parsed = parseCommand(text);
  if (parsed.kind === 'refused') throw new Error(`${text}: ${parsed.refusal.reason}`);
  return parsed.action;
}

/** What the capitals of a usage form stand for, filled in; the longest first. */
const FILLED = {
  'KEY=VALUE:NoSchedule': 'disk=slow:NoSchedule',
  '"KEY":"VALUE"': '"tier":"front"',
  "KEY='VALUE'": "note='on call'",
  'KEY=VALUE': 'tier=front',
  'VARIABLE=VALUE': 'level=debug',
  'CONTAINER=IMAGE': 'app=registry.example/web:1.2',
  'cpu=CPU,memory=MEMORY': 'cpu=1,memory=512Mi',
  NAMESPACE: 'shop',
  'NEW-NAME': 'again',
  NAME: 'web',
  REVISION: '3',
  PERCENT: '80',
  COUNT: '3',
  SECONDS: '10',
};

function filled(usage: string): string {
  return Object.entries(FILLED).reduce((text, [form, value]) => text.replaceAll(form, value), usage);
}

/** A patch may mean any verb; the others mean themselves. */
const meansItself = allCommands.filter(({ verb }) => verb !== actionKinds.patch.command.verb);

test('every verb has its own command', () => {
  expect(Object.entries(actionKinds).filter(([verb, { command }]) => command.verb !== verb)).toEqual([]);
  expect(Object.keys(actionKinds).toSorted()).toEqual(verbs.toSorted());
});

test('commands that are typed alike name their objects alike and need the same', () => {
  const typed = Map.groupBy(allCommands, ({ words }) => words.join(' '));
  for (const alike of typed.values()) {
    const forms = alike.map(({ names, needs }) => JSON.stringify({ names, needs }));
    expect(new Set(forms).size).toBe(1);
  }
});

describe.each(allCommands)('$verb', ({ verb, words, kinds, examples, usage, usageByKind, flags, help }) => {
  test.each(examples)('reads its example %s', (example) => {
    const request = requestOf(example);
    expect(request.verb).toBe(verb);
    expect(kinds).toContain(request.target.kind);
    expect(requestOf(printAction(request))).toEqual(request);
    expect(phrase(request)).toContain(request.target.kind);
  });

  test.each([usage, ...Object.values(usageByKind)])('reads its usage %s once it is filled in', (form) => {
    const request = requestOf(filled(form));
    expect(filled(form)).not.toMatch(/[A-Z]{3}/);
    expect(requestOf(printAction(request))).toEqual(request);
    if (meansItself.some((each) => each.verb === verb)) expect(request.verb).toBe(verb);
  });

  test('has usage forms for kinds that it takes', () => {
    for (const [kind, form] of Object.entries(usageByKind)) {
      expect(requestOf(filled(form)).target.kind).toBe(kind);
    }
    expect(usage).toContain(words.join(' '));
  });

  test('has flags that are read as it says', () => {
    for (const { long, short, takes } of flags) {
      expect(longFlag(long)).toMatchObject({ long, takes, ...(short === undefined ? {} : { short }) });
    }
  });

  test('is in the help once', () => {
    const line = `/remediate ${examples[0]}   (${help})`;
    expect(helpLines().lines.filter((each) => each === line)).toHaveLength(1);
  });
});

describe('an example is written as it is printed', () => {
  /** kubectl has no commands for these; the patch that does it is printed. */
  const printedAsPatch = [actionKinds.suspend, actionKinds.resume].map(({ command }) =>
    command.verb.toString(),
  );

  test.each(meansItself.flatMap(({ verb, examples }) => examples.map((example) => [verb, example])))(
    '%s: %s',
    (verb, example) => {
      const printed = printAction(requestOf(example));
      if (printedAsPatch.includes(verb)) expect(printed).toMatch(/^kubectl patch /);
      else expect(printed).toBe(`kubectl ${example}`);
    },
  );
});

test('the help fits into one message', () => {
  expect(helpLines().lines.join('\n').length).toBeLessThan(2900);
});
