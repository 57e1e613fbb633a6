/** Who wants to be told by direct message how what they asked for or decided on has ended. Nobody, unless they say so. */
export interface NotifiedPeople {
  choose(userId: string, wants: boolean): Promise<void>;
  /** Where the card of a remediation is; undefined while it is nowhere. */
  cardOf(remediationId: string): Promise<{ readonly channel: string; readonly ts: string } | undefined>;
}
