/** What `/remediate help` says; the examples are parsed by a test. */
export const examples = [
  'rollout restart deployment/web -n shop',
  'rollout undo deployment/web -n shop --to-revision=3',
  'scale deployment/web --replicas=5 -n shop',
  'set image deployment/web app=registry.example/web:1.2 -n shop',
  'delete pod web-7d4b9c6f5-x2x9k -n shop',
  'cordon worker-1',
] as const;

export function helpLines(): { title: string; lines: string[] } {
  return {
    title: 'Write what you would type for kubectl; add " -- reason" to say why.',
    lines: [
      ...examples.map((example) => `/remediate ${example}`),
      'Also: rollout pause, rollout resume, uncordon; Deployment, StatefulSet, DaemonSet, Pod and Node.',
      '/remediate status        what is under way or waiting for approval',
      '/remediate status 42     one remediation',
      '/remediate history       the latest ones',
      'Each request gets a card: its score and reasons, the way back, and who may approve it.',
    ],
  };
}
