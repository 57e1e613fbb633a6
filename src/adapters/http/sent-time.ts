import { z } from 'zod';

const error = 'must be an RFC 3339 time such as 2026-01-31T10:00:00Z';

/** An RFC 3339 time of a sender's, with any offset and any number of fractional digits, as Go prints it. */
export const writtenTime = z.iso.datetime({ offset: true, error });

/**
 * The same as it is stored. Its offset must not carry it out of the years 1 to 9999: what comes after is written in more digits,
 * and PostgreSQL has no year 0.
 */
export const sentTime = writtenTime
  .transform((time) => new Date(time).toISOString())
  .refine((time) => /^\d{4}-/.test(time) && !time.startsWith('0000'), error);
