import { z } from 'zod';

/** What a program of the bench is told, as JSON in its one argument. */
export const site = z.object({
  slack: z.object({ apiUrl: z.string(), botToken: z.string(), signingSecret: z.string() }),
  database: z.string().optional(),
  cluster: z.string().optional(),
});
export type Site = z.infer<typeof site>;

/** What a program prints, as one line of JSON, when it is ready. */
export const announcement = z.object({ port: z.number() });

/** The namespace in which nothing changes without a person. */
export const production = 'payments';
export const approver = 'U0BOB';
export const requester = 'U0ALICE';
export const channel = 'C0OPS';

export const alertToken = 'bench-alert-token';
