import { z } from 'zod';

/*
 * What the parts of a command may be. Deliberately plain: printable ASCII, bounded, and checked where they come in, so
 * that nothing that is carried on can mean something else to a shell, to Slack or to the API server.
 */

const printable = /^[ -~]*$/;

/** A label or annotation key: an optional DNS prefix and a name of at most 63 (kubernetes.io, "Labels and Selectors"). */
export const labelKey = z
  .string()
  .max(253 + 1 + 63)
  .regex(
    /^([a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?$/,
    'must be a label key such as tier or example.com/tier',
  );

/** A label's value: at most 63 letters, digits, "-", "_" and "."; may be empty. */
export const labelValue = z
  .string()
  .regex(
    /^([A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?)?$/,
    'must be a label value: at most 63 letters, digits, "-", "_" and "."',
  );

/** An annotation's value. Kubernetes allows any text; one line that people can read is enough for a repair. */
export const annotationValue = z
  .string()
  .max(512)
  .regex(printable, 'must be one line of printable ASCII, at most 512 characters');

/** The name of an environment variable: a C identifier, as every shell and runtime takes it. */
export const variableName = z
  .string()
  .max(253)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a variable name: letters, digits and "_"');

/** The value of an environment variable, literally. */
export const variableValue = z
  .string()
  .max(512)
  .regex(printable, 'must be one line of printable ASCII, at most 512 characters');

/** What can be asked for and limited by `set resources`. */
export const resourceNames = ['cpu', 'memory', 'ephemeral-storage'] as const;

/** `500m`, `1.5`, `256Mi`, `2G`: a Kubernetes quantity without exponents; a limit of `0` is none. */
export const quantity = z
  .string()
  .max(32)
  .regex(
    /^(0|[0-9]{1,12}(\.[0-9]{1,9})?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?)$/,
    'must be a quantity such as 500m, 1.5 or 256Mi',
  );

/** `key=value`, `key!=value`, `key`, `!key` and `key in (a,b)`, joined by commas; at most one line. */
export const labelSelector = z
  .string()
  .min(1)
  .max(512)
  .regex(
    /^[-A-Za-z0-9_./=!,() ]+$/,
    'must be a label selector such as app=web,tier!=cache or "tier in (front,back)"',
  );

export const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;
