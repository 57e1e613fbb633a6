/**
 * The key of the message that heads the thread in which a card or an incident message is: its own where it is the head, and
 * where it is not promised yet. Twice an expression over that message's key.
 */
export const threadRoot = (key: string, same: string): string =>
  `coalesce((select root_key from slack_outbox where key = ${key}), ${same})`;
