/** What is asked for in a run: somebody types a command, or an alert fires. */
export type Wish =
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'alert'; readonly workload: string; readonly fingerprint: string };
