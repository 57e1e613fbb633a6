import { type Alert, alertName } from '../../domain/incidents/incident.ts';
import { cut } from '../../domain/text/text.ts';
import type { AlertsRead } from './alert-source.ts';

/**
 * Characters of what one alert says. Some hundred alerts are triaged at a time, and all that wait are held in memory: without
 * a bound for each a body of the largest size would be held some hundred times over. Prometheus' own alerts stay below a tenth.
 */
const largest = 64 * 1024;

/** Characters of each annotation of an alert that says more than that. What is shown of one is less. */
const annotationOfLarge = 4_000;

/**
 * Cuts the annotations of alerts that say more than 64 Ki characters, and leaves out those that do even so. Labels are never
 * cut: by them an alert is known.
 */
export function withinSize(read: Extract<AlertsRead, { kind: 'alerts' }>): typeof read {
  if (read.alerts.every((each) => sizeOf(each) <= largest)) return read;
  const alerts = read.alerts.map((each) => (sizeOf(each) <= largest ? each : shortened(each)));
  const tooLarge = alerts.filter((each) => sizeOf(each) > largest);
  const leftOut = [...read.leftOut, ...tooLarge.map(sentenceOf)];
  return { ...read, alerts: alerts.filter((each) => sizeOf(each) <= largest), leftOut };
}

function sizeOf({ labels, annotations, generatorUrl = '', fingerprint }: Alert): number {
  let size = generatorUrl.length + fingerprint.length;
  for (const texts of [labels, annotations])
    for (const [name, text] of Object.entries(texts)) size += name.length + text.length;
  return size;
}

const shortened = (subject: Alert): Alert => ({
  ...subject,
  annotations: Object.fromEntries(
    Object.entries(subject.annotations).map(([name, text]) => [name, shortText(text)]),
  ),
});

/** By way of bytes: as long as a part of a text is one of it, JavaScript holds the whole of it. */
const shortText = (text: string): string =>
  text.length <= annotationOfLarge ? text : Buffer.from(`${cut(text, annotationOfLarge)} … (cut)`).toString();

const sentenceOf = (subject: Alert): string =>
  `the alert ${JSON.stringify(cut(alertName(subject), 60))} has more than ${largest} characters`;
