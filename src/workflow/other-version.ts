import { stateText } from '../domain/text/states.ts';

/**
 * A row as another version of Firebreak has written it: with a state or a key that this one does not know. While versions
 * run side by side it is left to that one; acting on a part of it, or writing it back without the rest, would lose what it
 * says.
 */
export class OtherVersion extends Error {
  readonly number: number;
  readonly state: string;
  /** When it was last moved. */
  readonly at: string;

  constructor(row: { readonly number: number; readonly state: string; readonly at: string }, cause: unknown) {
    super(
      `Remediation ${row.number} (${stateText(row.state)}) was written by another version of Firebreak, which carries it on. While Firebreak is being updated, ask again in a minute.`,
      { cause },
    );
    this.name = 'OtherVersion';
    this.number = row.number;
    this.state = row.state;
    this.at = row.at;
  }
}

/** A row, or that another version has written it: for what tells the two apart. */
export async function orOther<T>(row: Promise<T>): Promise<T | OtherVersion> {
  try {
    return await row;
  } catch (fault) {
    if (fault instanceof OtherVersion) return fault;
    throw fault;
  }
}

/** A row, or nothing where another version has written it: for what is only told beside what this one knows. */
export async function unlessOther<T>(row: Promise<T>): Promise<T | undefined> {
  const found = await orOther(row);
  return found instanceof OtherVersion ? undefined : found;
}
