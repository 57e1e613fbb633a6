/** What `/remediate help` says; the examples are parsed by a test. */
export const examples = [
  'rollout restart deployment/web -n shop',
  'rollout undo deployment/web -n shop --to-revision=3',
  'scale deployment/web --replicas=5 -n shop',
  'set image deployment/web app=registry.example/web:1.2 -n shop',
  'set env deployment/web LOG_LEVEL=debug -n shop',
  'delete pod web-7d4b9c6f5-x2x9k -n shop',
  'rollout restart deployment -l app=web -n shop',
  'create job import-again --from=cronjob/import -n shop',
  'suspend cronjob/import -n shop',
  'drain worker-1 --ignore-daemonsets',
] as const;

export function helpLines(): { title: string; lines: string[] } {
  return {
    title: 'Write what you would type for kubectl; add " -- reason" to say why.',
    lines: [
      ...examples.map((example) => `/remediate ${example}`),
      'Also: rollout pause and resume, set resources, autoscale, label, annotate, taint, cordon, uncordon, delete job,',
      'resume, and patch for fields that are safe to change. Up to 20 objects of a kind by name or by -l; one node at a time.',
      '/remediate status        what is under way or waiting for approval',
      '/remediate status 42     one remediation',
      '/remediate history       the latest ones',
      'Each request gets a card: its score and reasons, the way back, and who may approve it.',
    ],
  };
}
