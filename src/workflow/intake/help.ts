import { allCommands } from '../../actions/commands.ts';

/** What `/remediate help` says: each command with what it does, then what else there is. */
/** @param clusters the names of several, of which a command says one */
export function helpLines(clusters: readonly string[] = []): { title: string; lines: string[] } {
  return {
    title: 'Write what you would type for kubectl; add " -- reason" to say why.',
    lines: [
      ...allCommands.map(({ examples: [example], help }) => `/remediate ${example}   (${help})`),
      'Up to 20 objects of a kind, by their names or by -l; one node at a time.',
      ...(clusters.length < 2
        ? []
        : [
            `--context NAME (or cluster:NAME) for one of ${clusters.join(', ')}; else that of the channel, else ${clusters[0]}.`,
          ]),
      '/remediate status        what is in progress or waiting for approval',
      '/remediate status 42     one remediation',
      '/remediate history       the latest ones; a workload, -n NAMESPACE, playbook NAME, by me, by a member ID or words, and 7d after it',
      '/remediate incident 7    what happened in an incident, from the first signal to its end',
      '/remediate incident 7 report   the same as a Markdown file in its thread',
      '/remediate stats 7d      what was done, in numbers; a namespace or a playbook after it',
      '/remediate notify me on  a direct message when what you asked for or decided on has ended; off ends that',
      '/remediate stop REASON   nothing more is sent to a cluster, on any replica; for approvers',
      '/remediate start REASON  ends that',
      'Each request gets a card: its score and reasons, the rollback, and who may approve it.',
    ],
  };
}
