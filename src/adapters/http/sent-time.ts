import { z } from 'zod';

const error = 'must be an RFC 3339 time such as 2026-01-31T10:00:00Z';

/** An RFC 3339 time of a sender's, with any offset and any number of fractional digits, as Go prints it. */
export const writtenTime = z.iso.datetime({ offset: true, error });

/** Of these years is what a sender's clock can say; of others is what stands for "unset", and what is a mistake. */
const [firstYear, lastYear] = [2000, 2099];

/** Whether a time as it is stored is one that something can have happened at. */
export function isLikely(time: string): boolean {
  const year = Number(time.slice(0, 4));
  return /^\d{4}-/.test(time) && year >= firstYear && year <= lastYear;
}

/** What is said of one that is not. */
export const likelyYears = `of the years ${firstYear} to ${lastYear}`;

/** The same as it is stored, where it is of a year in which something can have happened. */
export const sentTime = writtenTime
  .transform((time) => new Date(time).toISOString())
  .refine(isLikely, `${error}, ${likelyYears}`);
