/** What may go wrong with a Web API call. `accept`: the call takes effect although its answer does not say so. */
export type DoubleFault =
  | { readonly kind: 'rate_limited'; readonly retryAfter: number }
  | { readonly kind: 'status'; readonly status: number; readonly accept: boolean }
  | { readonly kind: 'hang'; readonly accept: boolean }
  | { readonly kind: 'reset'; readonly accept: boolean }
  | { readonly kind: 'error'; readonly error: string };

/** Faults that are due, by Web API method, in the order they were scripted; each happens once. */
export interface FaultScript {
  add(method: string, fault: DoubleFault, times?: number): void;
  next(method: string): DoubleFault | undefined;
  clear(): void;
}

export function createFaultScript(): FaultScript {
  const due = new Map<string, DoubleFault[]>();
  return {
    add: (method, fault, times = 1) => {
      due.set(method, [...(due.get(method) ?? []), ...Array.from({ length: times }, () => fault)]);
    },
    next: (method) => due.get(method)?.shift(),
    clear: () => due.clear(),
  };
}
