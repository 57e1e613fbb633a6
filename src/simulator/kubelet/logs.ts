import type { Container, ContainerRun } from './container.ts';

/** One line of a container's output. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
}

const database = 'dial tcp 10.0.3.7:5432: connect: connection refused';

/** What a container has written in one of its runs, oldest first: start, daily work, and its last lines. */
export function logOf(
  container: Container,
  run: ContainerRun,
  now: number,
  { lastWords, span }: { readonly lastWords: string | undefined; readonly span: (seconds: number) => number },
): LogLine[] {
  const { startedAt, endedAt } = run;
  const begin: LogLine[] = [
    { at: startedAt, text: `level=info msg="starting" container=${container.name} image=${container.image}` },
    { at: startedAt, text: 'level=info msg="configuration loaded" source=/etc/app/config.yaml' },
  ];
  const end = endedAt === undefined ? [] : ending(container, endedAt, lastWords);
  return [...begin, ...middle(container, startedAt, endedAt ?? now, span), ...end];
}

/** The last of the lines that come every five seconds; older ones were rotated away. */
const keptLines = 100;

function middle(
  { behaviour }: Container,
  from: number,
  to: number,
  span: (seconds: number) => number,
): LogLine[] {
  const every = span(5);
  const count = Math.floor((to - from) / every);
  const first = Math.max(1, count - keptLines + 1);
  const numbers = Array.from({ length: Math.max(0, count - first + 1) }, (_, index) => first + index);
  const text = (number: number) =>
    behaviour.kind === 'never ready'
      ? `level=warn msg="not ready" err="${database}"`
      : `level=info msg="request" method=GET path=/healthz status=200 duration_ms=${1 + (number % 7)}`;
  return numbers.map((number) => ({ at: from + number * every, text: text(number) }));
}

function ending({ behaviour }: Container, at: number, lastWords: string | undefined): LogLine[] {
  if (behaviour.kind === 'exits' && behaviour.reason === 'Completed')
    return [{ at, text: 'level=info msg="done"' }];
  if (behaviour.kind === 'exits' && behaviour.reason === 'OOMKilled')
    return [{ at, text: lastWords ?? 'level=warn msg="memory almost used up" used=250Mi limit=256Mi' }];
  return [
    { at, text: lastWords ?? `level=error msg="cannot reach the database" err="${database}"` },
    { at, text: 'level=fatal msg="giving up after 3 attempts"' },
  ];
}
