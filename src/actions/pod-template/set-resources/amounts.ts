import type { WrittenResources } from '../../../domain/facts/needs.ts';
import { canonicalQuantity } from '../../../domain/text/quantity.ts';
import { resourceNames } from '../../../domain/values.ts';
import type { Container } from '../containers.ts';

/** What a container may use, and what it asks for. */
export type Side = 'limits' | 'requests';
export const sides = ['limits', 'requests'] as const satisfies readonly Side[];

/** One quantity of a container as `set resources` writes it. */
export interface Amount {
  readonly side: Side;
  readonly resource: string;
  /** As the API server prints it; undefined where there is none. */
  readonly from: string | undefined;
  readonly to: string;
}

/**
 * Every quantity of a container that is written, in a fixed order, as the API server will store it. Zero is stored like
 * any other: as a limit it is none, and as a request it keeps the API server from asking for as much as the limit.
 */
export function amountsOf(written: Pick<WrittenResources, Side>, { resources }: Container): Amount[] {
  return sides.flatMap((side) =>
    resourceNames.flatMap((resource): Amount[] => {
      const asked = written[side][resource];
      if (asked === undefined) return [];
      return [{ side, resource, from: resources?.[side][resource], to: canonicalQuantity(asked) }];
    }),
  );
}

/** What of them is different from what is live. */
export function changedAmounts(written: Pick<WrittenResources, Side>, container: Container): Amount[] {
  return amountsOf(written, container).filter(
    ({ from, to }) => from === undefined || canonicalQuantity(from) !== to,
  );
}

/** The limits and requests of a container afterwards. */
export function amountsAfter(
  written: Pick<WrittenResources, Side>,
  container: Container,
): Readonly<Record<Side, Readonly<Record<string, string>>>> {
  const after = {
    limits: { ...container.resources?.limits },
    requests: { ...container.resources?.requests },
  };
  for (const { side, resource, to } of amountsOf(written, container)) after[side][resource] = to;
  return after;
}
