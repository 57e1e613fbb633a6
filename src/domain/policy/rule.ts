import { z } from 'zod';

const name = z.string().min(1).max(60);
/** A CEL expression that says true or false over (action, target, facts, labels, time). */
const when = z.string().min(1).max(2000);
const because = z.string().min(1).max(300);

/** Where it holds, nobody can approve. */
export const hardRule = z.strictObject({ name, when, because });

/** Where it holds, more people must agree, or the score is higher. */
export const extraRule = z
  .strictObject({
    name,
    when,
    because,
    tier: z.enum(['human', 'dual']).optional(),
    points: z.number().int().min(1).max(99).optional(),
  })
  .refine(({ tier, points }) => (tier === undefined) !== (points === undefined), {
    error: 'must have either tier or points',
  });

/**
 * What an expression sees. What is not there (the replicas of a restart, the ready pods of a node) is absent: to ask
 * for it is an error of the expression, unless `has()` asked first.
 */
export interface ExpressionInput {
  readonly action: {
    readonly verb: string;
    readonly command: string;
    readonly replicas?: number | undefined;
    readonly toRevision?: number | undefined;
    readonly images: readonly string[];
  };
  readonly target: {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string | undefined;
  };
  readonly facts: {
    readonly cluster: string;
    readonly production: boolean;
    readonly environments: readonly string[];
    readonly namespaceLabels: Readonly<Record<string, string>>;
    /** Names of the facts that could not be read. */
    readonly unknown: readonly string[];
    readonly gitOps?: string | undefined;
    readonly autoscalerMin?: number | undefined;
    readonly autoscalerMax?: number | undefined;
    readonly desired?: number | undefined;
    readonly ready?: number | undefined;
    readonly updated?: number | undefined;
    readonly available?: number | undefined;
    readonly paused?: boolean | undefined;
    readonly rollingOut?: boolean | undefined;
    readonly strategy?: string | undefined;
    readonly images?: readonly string[] | undefined;
    readonly restarts?: number | undefined;
    readonly pods?: number | undefined;
    readonly controlPlane?: boolean | undefined;
    readonly otherSchedulableNodes?: number | undefined;
    /** Of the target's pods: why containers wait, how they ended last, and the most restarts of one pod. */
    readonly waiting?: readonly string[] | undefined;
    readonly ended?: readonly string[] | undefined;
    readonly podRestarts?: number | undefined;
    /** Pods of a Job that have failed. */
    readonly failed?: number | undefined;
    /** Of a node. */
    readonly nodeReady?: boolean | undefined;
    /** The reasons of the Warning events of the last hour. */
    readonly events?: readonly string[] | undefined;
  };
  /** The target's own labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** Local time in the policy's time zone; absent when it is not known. */
  readonly time?: {
    readonly weekday: string;
    readonly date: string;
    readonly hour: number;
    readonly minute: number;
  };
}

/** A compiled expression. Throws when it asks for what is not there. */
export type Predicate = (input: ExpressionInput) => unknown;
