/** What the thread says of each event; the others are shown by the card alone. */
export const replies: Readonly<Record<string, string>> = {
  vote_counted: 'vote',
  approved: 'vote',
  rejected: 'vote',
  verifying: 'executed',
  verdict_verified: 'verdict',
  verdict_not_verified: 'verdict',
  verdict_inconclusive: 'verdict',
};
