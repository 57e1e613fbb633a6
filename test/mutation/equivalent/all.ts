import { ofActions } from './actions.ts';
import { ofApproval } from './approval.ts';
import { ofAudit } from './audit.ts';
import { ofDoors } from './doors.ts';
import type { Equivalent } from './equivalent.ts';
import { ofIntake } from './intake.ts';
import { ofJobs } from './jobs.ts';
import { ofLasting } from './lasting.ts';
import { ofOutbox } from './outbox.ts';
import { ofRedaction } from './redaction.ts';
import { ofRules } from './rules.ts';

const ofCards: readonly Equivalent[] = [
  {
    file: 'src/adapters/slack/limits.ts',
    original: "''",
    replacement: '"Stryker was here!"',
    why: 'What is no JSON is far smaller than a view may be, whichever text stands for it.',
  },
  {
    file: 'src/adapters/slack/limits.ts',
    original: "case 'header':\n      return each.text.text.length;",
    replacement: "case 'header':",
    why: 'The case after it counts the same: a header has a text, and no fields.',
  },
];

export const equivalents: readonly Equivalent[] = [
  ...ofRules,
  ...ofActions,
  ...ofApproval,
  ...ofCards,
  ...ofLasting,
  ...ofIntake,
  ...ofOutbox,
  ...ofJobs,
  ...ofAudit,
  ...ofDoors,
  ...ofRedaction,
];
