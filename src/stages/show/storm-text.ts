import { plural } from '../../actions/obstacle.ts';
import { type StormLine, type StormStanding, shareText } from '../../domain/incidents/storm.ts';
import type { Place } from '../../domain/incidents/story.ts';
import { clockTime } from '../../domain/text/clock-time.ts';

/** That a storm holds, since when and what it keeps back; what ends it; and where its message is. */
export function stormLines(
  storm: StormStanding,
  line: StormLine,
  now: string,
): readonly { readonly text: string; readonly link?: Place }[] {
  const { beganAt, waiting, message } = storm;
  const wait = waiting === 1 ? '1 of its proposals waits' : `${waiting} of its proposals wait`;
  const kept = waiting === 0 ? '' : `, and ${wait} for a person`;
  return [
    { text: `A storm ${sizeOf(storm)} since ${clockTime(beganAt, now)}: nothing runs by itself${kept}.` },
    { text: endOf(storm, line) },
    ...(message === undefined
      ? []
      : [{ text: 'Its message in the channel lists what is proposed.', link: message }]),
  ];
}

function sizeOf({ incidents, share, cluster }: StormStanding): string {
  const where = cluster === undefined ? '' : ` in ${cluster}`;
  return [
    ...(share !== undefined && incidents === 0
      ? []
      : [`of ${plural(incidents, 'incident')} of different owners`]),
    ...(share === undefined ? [] : [`with ${shareText(share)}${where}`]),
  ].join(', ');
}

function endOf({ overLineIn }: StormStanding, line: StormLine): string {
  const { quietMinutes, incidentsPerMinute, unhealthyPercent, unhealthyWorkloads } = line;
  const seen =
    overLineIn === undefined ? '' : ` Too many unhealthy when last seen: ${overLineIn.join(', ')}.`;
  return `It ends after ${plural(quietMinutes, 'minute')} below the policy's lines: ${incidentsPerMinute} incidents a minute, and ${unhealthyPercent}% of the workloads, ${unhealthyWorkloads} or more, unhealthy or with an open incident.${seen}`;
}
