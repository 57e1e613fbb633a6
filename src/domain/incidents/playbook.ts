import { z } from 'zod';
import { labelName } from '../action.ts';
import { approvers } from '../policy/people.ts';
import type { Predicate } from '../policy/rule.ts';
import type { Verdict } from '../verdict.ts';
import { claim, type PlaybookClaim } from './claim.ts';

/** At most 30 days, as in the policy. */
const seconds = z.number().int().positive().max(2_592_000);

const values = z.union([z.string(), z.array(z.string()).min(1)], {
  error: 'must be a text or a list of texts (quote numbers)',
});

/** A CEL expression that says true or false. */
const expression = z.string().min(1).max(2000);

/** A kubectl command with placeholders in double braces. */
const template = z.string().min(1).max(500);

const verification = z.strictObject({
  initialDelaySeconds: z.number().int().min(0).max(2_592_000).optional(),
  intervalSeconds: seconds.optional(),
  goodSamples: seconds.optional(),
  badSamples: seconds.optional(),
  errorSamples: seconds.optional(),
  deadlineSeconds: seconds.optional(),
});

/**
 * What comes after a step that did not end verified: the first of a list whose `when` is true of how it ended, or that has
 * none. `do` is the name of a step further down, an action, or `rollback`; `escalate` is what people are told instead.
 */
const next = z
  .strictObject({
    when: expression.optional(),
    do: template.optional(),
    escalate: z.string().min(1).max(300).optional(),
  })
  .refine((entry) => (entry.do === undefined) !== (entry.escalate === undefined), {
    error: 'must have either do or escalate',
  });
export type Next = z.infer<typeof next>;

const nexts = z.array(next).min(1).max(20);

const step = z.strictObject({
  name: labelName,
  action: template,
  /** What must be so for this step; unless told, the playbook's claim. */
  claim: claim.optional(),
  verification: verification.optional(),
  on: nexts.optional(),
});
export type Step = z.infer<typeof step>;

/** People and groups that are mentioned when a playbook is at its end. */
const escalation = approvers.refine(({ users, groups }) => users.length + groups.length > 0, {
  error: 'must name a user or a group',
});

const times = z.number().int().min(1).max(1000);

/**
 * Alert matcher -> claim -> steps. One YAML file each; an unknown key stops the load. A playbook of one step may say `action`,
 * `verification` and `on` itself instead of `steps`.
 */
export const playbook = z.strictObject({
  version: z.literal(1),
  name: labelName,
  description: z.string().min(1).max(500),
  /** All of these labels and annotations must have exactly these values, or one of the listed values, and `when` must be true. */
  match: z.strictObject({
    labels: z.record(z.string(), values).optional(),
    annotations: z.record(z.string(), values).optional(),
    when: expression.optional(),
  }),
  /** What must be so for the action to be proposed and carried out; unless told, that anything is wrong with the target. */
  claim: claim.optional(),
  action: template.optional(),
  /** For so long after something was done to the owner, or was refused by people, nothing is proposed for it. */
  coolDownSeconds: z.number().int().min(0).max(2_592_000).optional(),
  verification: verification.optional(),
  on: nexts.optional(),
  steps: z.array(step).min(1).max(10).optional(),
  /** How often it proposes at most; what is more is told and left to people. */
  limits: z.strictObject({ perOwnerPerDay: times.optional(), perHour: times.optional() }).optional(),
  escalation: escalation.optional(),
});

/** What the expressions of a matcher see of an alert. */
export interface AlertInput {
  readonly alert: { readonly name: string; readonly source: string };
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What the expressions of `on` see of how a step ended. */
export interface EndingInput {
  /** `failed` where nothing was verified: it was refused, or broke off. */
  readonly verdict: Exclude<Verdict['result'], 'verified'> | 'failed';
  /** The verdict's sentence; of a failure, what was answered. */
  readonly reason: string;
  /** What every bad check said, once each. */
  readonly reasons: readonly string[];
  /** The failing pods' last log lines, termination reasons and events; of a failure, what was answered. */
  readonly stderr: string;
  /** The name of the step, and the command that was run. */
  readonly step: string;
  readonly command: string;
}

/** The expressions of a playbook, compiled, by their text. One that is missing here cannot be answered. */
interface Expressions {
  readonly alert: ReadonlyMap<string, (input: AlertInput) => unknown>;
  readonly claim: ReadonlyMap<string, Predicate>;
  readonly ending: ReadonlyMap<string, (input: EndingInput) => unknown>;
}

export type Playbook = z.infer<typeof playbook> & { readonly expressions?: Expressions };

/** The name of the only step of a playbook without a list of them. */
const onlyStep = 'first';

/** The steps as a list, the first first. What is written out in a `do` is a step without a name: see `stepNamed`. */
export function stepsOf({ steps, action, verification: own, on }: Playbook): readonly Step[] {
  if (steps !== undefined) return steps;
  if (action === undefined) return [];
  return [
    {
      name: onlyStep,
      action,
      ...(own === undefined ? {} : { verification: own }),
      ...(on === undefined ? {} : { on }),
    },
  ];
}

/** A `do` that is neither the name of a step nor `rollback`: names have no blanks, and every command has some. */
export const isWrittenOut = (what: string): boolean => /\s/.test(what.trim());

/** What a step goes on with when its rollback is wanted. */
export const rollbackWord = 'rollback';

/** The name of the step that the entry of a list at `index` writes out. */
export const writtenOutName = (before: string, index: number): string => `${before}.${index + 1}`;

/** A step by its name, also one that is written out in the `do` of another; the first where none is named. */
export function stepNamed(of: Playbook, name: string | undefined): Step | undefined {
  const steps = stepsOf(of);
  if (name === undefined) return steps[0];
  const found = steps.find((each) => each.name === name);
  if (found !== undefined) return found;
  for (const each of steps) {
    const index = (each.on ?? []).findIndex((_, at) => writtenOutName(each.name, at) === name);
    const action = each.on?.[index]?.do;
    if (action !== undefined && isWrittenOut(action)) return { name, action };
  }
  return undefined;
}

/**
 * Unless the playbook says otherwise: Prometheus evaluates rules with `for: 15m` (kubernetes-mixin), so that an alert about
 * what was true before the change may come this long after it.
 */
const usualCoolDownSeconds = 15 * 60;

/** Seconds after the end of a remediation in which nothing else is proposed for its owner. */
export const coolDownOf = ({ coolDownSeconds = usualCoolDownSeconds }: Playbook): number => coolDownSeconds;

/** What a playbook says is wrong with its target, as its step asks it. */
export const claimOf = (of: Playbook, step = stepNamed(of, undefined)): PlaybookClaim =>
  step?.claim ?? of.claim ?? 'unhealthy';

/** What a playbook does, without its name and its description: what it has earned holds for this. */
export function substanceOf(of: Playbook): object {
  const { match, coolDownSeconds, limits } = of;
  return { match, claim: of.claim ?? 'unhealthy', steps: stepsOf(of), coolDownSeconds, limits };
}

/** What a playbook's verified outcomes say of it. `score` is an EWMA from 0 to 1, `samples` how many verdicts. */
export const trust = z.strictObject({
  score: z.number().min(0).max(1),
  samples: z.number().int().min(0),
  /** Lower end of the 95 % Wilson interval over the raw outcomes. */
  lowerBound: z.number().min(0).max(1),
  successes: z.number().int().min(0),
});
export type Trust = z.infer<typeof trust>;
