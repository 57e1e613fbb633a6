/** Where the chain from an alert to what is learned can break without anybody hearing of it; each with what it means. */
export const blindSpots = {
  'webhook-without-incident': {
    means: 'An alert came and nothing was made of it.',
    cure: 'Look at the log for "webhooks" and "triage", and at what the sender was answered.',
  },
  'alert-without-playbook': {
    means: 'An alert comes again and again, and no playbook matches it.',
    cure: 'Write a playbook for it, or stop sending it here.',
  },
  'playbook-without-match': {
    means: 'A playbook has not matched any alert for a month, though alerts come.',
    cure: 'Compare its labels with those of the alerts.',
  },
  'incident-without-end': {
    means: 'An alert has been firing for more than a week.',
    cure: 'Let the sender send resolved alerts, or see to what is wrong.',
  },
  'card-without-post': {
    means: 'A card was promised and is not in Slack.',
    cure: 'The log names the message and what Slack answers.',
  },
  'approval-without-answer': {
    means: 'An approval was asked for and nobody answered.',
    cure: 'Look at who may approve there, and whether they see the channel.',
  },
  'execution-without-verdict': {
    means: 'Something was changed and no verdict is kept of it.',
    cure: '/remediate status shows what is verifying; the log names the step.',
  },
  'verdict-without-trust': {
    means: 'A verdict has not moved the trust of its playbook.',
    cure: 'Keep the log, and look whether somebody has written to the table playbooks.',
  },
  'export-without-rows': {
    means: 'Changes were made, and nothing of it can be learned from.',
    cure: 'Run: firebreak export finetune. The data card says what was left out and why.',
  },
} as const;
export type BlindSpotKind = keyof typeof blindSpots;

/** In the order of the chain. */
export const blindSpotKinds = [
  'webhook-without-incident',
  'alert-without-playbook',
  'playbook-without-match',
  'incident-without-end',
  'card-without-post',
  'approval-without-answer',
  'execution-without-verdict',
  'verdict-without-trust',
  'export-without-rows',
] as const satisfies readonly BlindSpotKind[];

/** One break of the chain. `subject` makes it known again; `sentence` names it to people, redacted. */
export interface Gap {
  readonly kind: BlindSpotKind;
  readonly subject: string;
  readonly sentence: string;
}
