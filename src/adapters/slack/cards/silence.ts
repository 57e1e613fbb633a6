import type { KnownBlock } from '@slack/types';
import type { SilenceShown } from '../../../domain/incidents/silence.ts';
import type { Remediation } from '../../../domain/remediation.ts';
import { clockTime } from '../../../domain/text/clock-time.ts';
import { type ButtonSpec, section } from '../blocks.ts';
import { md, person } from '../text.ts';
import { silenceButton } from './buttons.ts';

type Silence = SilenceShown | 'possible' | undefined;

/** The button, while there is something to silence and nobody has. */
export const silenceButtons = (silence: Silence, remediation: Remediation): readonly ButtonSpec[] =>
  silence === 'possible' ? [silenceButton(remediation)] : [];

/** That alerts are silent, until when and by whom; nothing once they are heard again. */
export function silenceNote(silence: Silence, near: string): readonly KnownBlock[] {
  if (silence === undefined || silence === 'possible' || silence.state === 'ended') return [];
  const { alerts, by, endsAt, state } = silence;
  const count = alerts === 1 ? '1 alert' : `${alerts} alerts`;
  const how = state === 'made' ? 'silenced' : 'being silenced';
  const until = clockTime(endsAt, near);
  return [section(md`🔕 ${count} ${how} by ${person(by)} until the verdict, ${until} at the latest.`)];
}
