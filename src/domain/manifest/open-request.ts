/** A request that was open when it was last looked at, and the files that it changes. */
export interface OpenRequest {
  /** Of the remediation that it belongs to. */
  readonly remediation: number;
  readonly branch: string;
  readonly number?: number | undefined;
  readonly url?: string | undefined;
  readonly files: readonly string[];
}
