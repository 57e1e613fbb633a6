import {
  type AlertInput,
  type EndingInput,
  isWrittenOut,
  type Next,
  type Playbook,
  playbook,
  rollbackWord,
  type Step,
  stepsOf,
} from '../domain/incidents/playbook.ts';
import type { ExpressionInput } from '../domain/policy/rule.ts';
import { nearestWord } from '../domain/text/nearest.ts';
import { compileAll, type FieldType, flawOf, type Vocabulary } from './cel.ts';
import type { Flaw } from './flaw.ts';
import { factsVocabulary } from './rules.ts';
import { twiceFlaws } from './twice.ts';

/** Characters of what a cluster says of a failure; see verdict.stderr. */
const longText = 8192;

const alertVocabulary: Vocabulary = {
  parts: { alert: { name: 'string', source: 'string' } },
  plain: { labels: 'map<string, string>', annotations: 'map<string, string>' },
};

const endingVocabulary: Vocabulary = {
  parts: {},
  plain: {
    verdict: 'string',
    reason: 'string',
    reasons: 'list<string>',
    stderr: 'string',
    step: 'string',
    command: 'string',
  } satisfies Record<keyof EndingInput, FieldType>,
  long: { reason: longText, stderr: longText, command: 4096 },
  closed: { verdict: ['not_verified', 'inconclusive', 'failed'] satisfies EndingInput['verdict'][] },
};

type Path = readonly (string | number)[];

/** An action of a playbook, and where it stands. */
export interface WrittenAction {
  readonly path: Path;
  readonly action: string;
}

/** Every action of a playbook: of its steps, and those that are written out after a `do`. */
export function actionsOf(of: Playbook): readonly WrittenAction[] {
  return located(of).flatMap(({ step, at }) => [
    { path: [...at, 'action'], action: step.action },
    ...(step.on ?? []).flatMap((entry, index) =>
      entry.do !== undefined && isWrittenOut(entry.do)
        ? [{ path: [...at, 'on', index, 'do'], action: entry.do }]
        : [],
    ),
  ]);
}

/** The steps, and where each stands: of a playbook of one step at the top. */
const located = (of: Playbook): { readonly step: Step; readonly at: Path }[] =>
  stepsOf(of).map((step, index) => ({ step, at: of.steps === undefined ? [] : ['steps', index] }));

/** The schema of a playbook with the checks of its steps and expressions; its actions are for who reads commands. */
export const checkedSteps = playbook.check(({ value, issues }) => {
  const flaws = [...shapeFlaws(value), ...stepFlaws(value), ...expressionFlaws(value)];
  for (const { path, message, first } of flaws) {
    const params = first === undefined ? {} : { params: { first } };
    issues.push({ code: 'custom', path: [...path], message, input: value, ...params });
  }
});

function shapeFlaws(of: Playbook): Flaw[] {
  const { action, steps, match } = of;
  if (action === undefined && steps === undefined)
    return [{ path: [], message: 'must have either action or steps' }];
  if (match.when === undefined && match.annotations === undefined && match.labels === undefined)
    return [{ path: ['match'], message: 'must have labels, annotations or when' }];
  if (steps === undefined) return [];
  return (['action', 'verification', 'on'] as const).flatMap((key) =>
    of[key] === undefined ? [] : [{ path: [key], message: `belongs to a step, because there are steps` }],
  );
}

function stepFlaws(of: Playbook): Flaw[] {
  const all = located(of);
  const twice = of.steps === undefined ? [] : twiceFlaws({ steps: of.steps }, 'steps');
  const flaws = all.flatMap(({ step, at }, index) => [
    ...(step.name === rollbackWord ? [reservedName([...at, 'name'])] : []),
    ...(step.on ?? []).flatMap((entry, place) =>
      nextFlaws(
        { entry, before: step, path: [...at, 'on', place] },
        step.on?.slice(0, place) ?? [],
        all.slice(index + 1).map((each) => each.step),
      ),
    ),
  ]);
  return [...flaws, ...twice];
}

const reservedName = (path: Path): Flaw => ({
  path,
  message: `"${rollbackWord}" is what a do says; name it otherwise`,
});

interface Entry {
  readonly entry: Next;
  readonly before: Step;
  readonly path: Path;
}

/** A step may only go on to one further down, so that it ends; and what failed is never simply tried again. */
function nextFlaws({ entry, before, path }: Entry, earlier: readonly Next[], below: readonly Step[]): Flaw[] {
  const unreachable = earlier.some(({ when }) => when === undefined)
    ? [{ path, message: 'is never reached: the entry before it has no when' }]
    : [];
  const what = entry.do?.trim();
  if (what === undefined || what === rollbackWord) return unreachable;
  const action = isWrittenOut(what) ? what : below.find(({ name }) => name === what)?.action;
  if (action === undefined) return [...unreachable, { path: [...path, 'do'], message: noStep(what, below) }];
  return plain(action) === plain(before.action)
    ? [...unreachable, { path: [...path, 'do'], message: 'is what has failed: do something else' }]
    : unreachable;
}

function noStep(what: string, below: readonly Step[]): string {
  const nearest = nearestWord(
    what,
    below.map(({ name }) => name),
  );
  const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
  return `there is no step "${what}" further down, and it is no command${hint}`;
}

const plain = (action: string): string => action.trim().split(/\s+/).join(' ');

interface Written {
  readonly path: Path;
  readonly when: string;
}

function expressionFlaws(of: Playbook): Flaw[] {
  const { alert, claim, ending } = expressionsOf(of);
  const flaws = (vocabulary: Vocabulary, all: readonly Written[]) =>
    all.flatMap(({ path, when }) => {
      const message = flawOf(vocabulary, when);
      return message === undefined ? [] : [{ path, message }];
    });
  return [
    ...flaws(alertVocabulary, alert),
    ...flaws(factsVocabulary, claim),
    ...flaws(endingVocabulary, ending),
  ];
}

function expressionsOf(of: Playbook): Readonly<Record<'alert' | 'claim' | 'ending', readonly Written[]>> {
  const { match, claim } = of;
  const claimed = (own: Playbook['claim'], path: Path): Written[] =>
    typeof own === 'object' ? [{ path: [...path, 'claim', 'when'], when: own.when }] : [];
  const steps = located(of);
  return {
    alert: match.when === undefined ? [] : [{ path: ['match', 'when'], when: match.when }],
    claim: [...claimed(claim, []), ...steps.flatMap(({ step, at }) => claimed(step.claim, at))],
    ending: steps.flatMap(({ step, at }) =>
      (step.on ?? []).flatMap(({ when }, index) =>
        when === undefined ? [] : [{ path: [...at, 'on', index, 'when'], when }],
      ),
    ),
  };
}

/** A playbook that was checked, with its expressions as functions. */
export function compiledPlaybook(of: Playbook): Playbook {
  const { alert, claim, ending } = expressionsOf(of);
  const texts = (all: readonly Written[]) => all.map(({ when }) => when);
  return {
    ...of,
    expressions: {
      alert: compileAll<AlertInput>(alertVocabulary, texts(alert)),
      claim: compileAll<ExpressionInput>(factsVocabulary, texts(claim)),
      ending: compileAll<EndingInput>(endingVocabulary, texts(ending)),
    },
  };
}
