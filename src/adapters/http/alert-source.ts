import type { Alert } from '../../domain/incidents/incident.ts';
import type { JsonAlertFormats } from '../../domain/policy/json-alerts.ts';

/** What a reader makes of a body: the alerts in it, or one sentence on what is wrong with it as a whole. */
export type AlertsRead =
  | {
      readonly kind: 'alerts';
      readonly alerts: readonly Alert[];
      /** A sentence for each alert that could not be read, with its place; the others are taken. */
      readonly leftOut: readonly string[];
      /** How many the sender says that it left out of the body. */
      readonly truncated: number;
      /** Why a body that is right has none: it is about something that is no alert. */
      readonly ignored?: string;
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** How a body is to be read, besides by its path. */
export interface Asked {
  /** `format` of the address' query. */
  readonly format?: string | undefined;
  /** The policy's own formats. */
  readonly formats?: JsonAlertFormats | undefined;
}

/** A program that sends alerts by HTTP: where it sends them, what proves that it may, and how to read them. */
export interface AlertSource {
  /** `source` of the alerts that are read: part of their identity, so it never changes. */
  readonly name: string;
  readonly path: string;
  /** The environment variable of the bearer token or secret; unset, the path is disabled. */
  readonly variable: string;
  /** Whether the token may come as the password of basic authentication, too. */
  readonly basic?: boolean;
  /** The header of the signatures, in lower case, where the sender signs its bodies instead of sending a token. */
  readonly signedIn?: string;
  /** Reads a parsed JSON body of any shape; never throws. */
  readonly read: (body: unknown, asked?: Asked) => AlertsRead;
}
