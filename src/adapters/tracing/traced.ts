import {
  type Context,
  context,
  createContextKey,
  ProxyTracerProvider,
  type Span,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { Remediation } from '../../domain/remediation.ts';
import type { Commands } from '../../workflow/intake/commands.ts';
import type { Chat, Cluster, Jobs, Post, Store } from '../../workflow/ports.ts';

/*
 * The ports with spans around their calls, by the OpenTelemetry API alone: who wants traces loads an SDK before Firebreak
 * (`node --import`). Without one nothing stands before the ports at all.
 */

type Steps = Parameters<Jobs['start']>[0];

/** Each answers the same port, with spans or as it is. */
export interface Tracing {
  commands(commands: Commands): Commands;
  store(store: Store): Store;
  steps(handle: Steps): Steps;
  cluster<T extends Cluster>(cluster: T): T;
  chat(chat: Chat): Chat;
}

/** The attribute with a remediation's number. */
const numberOf = 'firebreak.remediation';

/** What a trace is about, known once the row has been read. */
interface Subject {
  number?: number;
}
const subjectKey = createContextKey('firebreak subject');

/** Whether somebody has registered an SDK decides once, when a replica is composed. */
export function createTracing(): Tracing {
  const tracer = registered();
  return tracer === undefined ? untraced : traced(tracer);
}

function registered(): Tracer | undefined {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider
    ? provider.getDelegateTracer('firebreak')
    : provider.getTracer('firebreak');
}

const untraced: Tracing = {
  commands: (commands) => commands,
  store: (store) => store,
  steps: (handle) => handle,
  cluster: (cluster) => cluster,
  chat: (chat) => chat,
};

function traced(tracer: Tracer): Tracing {
  return {
    commands: (commands) => ({
      ...commands,
      remediate: (input) => root(tracer, 'command', async () => noted(await commands.remediate(input))),
      vote: (ballot) => root(tracer, `vote ${ballot.decision}`, () => commands.vote(ballot)),
    }),
    store: (store) => ({
      ...store,
      ingest: (alerts) => root(tracer, 'alerts', () => store.ingest(alerts)),
      load: async (id) => {
        const row = await store.load(id);
        if (row !== undefined) isStepOf(row);
        return row;
      },
    }),
    steps: (handle) => (wake, claim, signal, fence, row) =>
      root(tracer, `step ${wake.kind}`, () => {
        if (row !== undefined) isStepOf(row);
        return handle(wake, claim, signal, fence, row);
      }),
    cluster: (cluster) => tracedCluster(tracer, cluster),
    chat: (chat) => ({
      ...chat,
      post: (post, signal) => call(tracer, 'slack post', () => chat.post(post, signal), about(post)),
      update: (post, signal) => call(tracer, 'slack update', () => chat.update(post, signal), about(post)),
    }),
  };
}

function tracedCluster<T extends Cluster>(tracer: Tracer, cluster: T): T {
  const named = (name: string) => `kubernetes ${name}`;
  return {
    ...cluster,
    gather: (...of) => call(tracer, named('gather'), () => cluster.gather(...of)),
    select: (...of) => call(tracer, named('select'), () => cluster.select(...of)),
    dryRun: (...of) => call(tracer, named('dry run'), () => cluster.dryRun(...of)),
    apply: (...of) => call(tracer, named(of[0].kind), () => cluster.apply(...of)),
    applied: (...of) => call(tracer, named('applied'), () => cluster.applied(...of)),
    observe: (...of) => call(tracer, named('observe'), () => cluster.observe(...of)),
    read: (...of) => call(tracer, named('read'), () => cluster.read(...of)),
    diagnose: (...of) => call(tracer, named('diagnose'), () => cluster.diagnose(...of)),
  };
}

/** The number in a card; other messages are about what their step is about, or about nothing. */
const about = ({ content }: Post): number | undefined =>
  content.kind === 'card'
    ? content.remediation.number
    : content.kind === 'part'
      ? content.notice.number
      : undefined;

function noted<T extends { readonly kind: string }>(answer: T): T {
  if ('number' in answer && typeof answer.number === 'number') isAbout(answer.number);
  return answer;
}

const isStepOf = ({ number, state }: Remediation): void =>
  isAbout(number, state === 'requested' ? 'evaluate' : `step ${state}`);

/** Says of the span at hand, and of those that come below it, which remediation they are about. */
function isAbout(number: number, name?: string): void {
  const subject = subjectIn(context.active());
  if (subject !== undefined) subject.number = number;
  const span = trace.getActiveSpan();
  span?.setAttribute(numberOf, number);
  if (name !== undefined && subject !== undefined) span?.updateName(name);
}

function subjectIn(at: Context): Subject | undefined {
  const found = at.getValue(subjectKey);
  return isSubject(found) ? found : undefined;
}

const isSubject = (value: unknown): value is Subject => typeof value === 'object' && value !== null;

/** What comes from outside begins a trace, or goes on with the one that it came with. */
function root<T>(tracer: Tracer, name: string, work: () => Promise<T>): Promise<T> {
  const subject: Subject = {};
  return context.with(context.active().setValue(subjectKey, subject), () => call(tracer, name, work));
}

function call<T>(tracer: Tracer, name: string, work: () => Promise<T>, number?: number): Promise<T> {
  const known = number ?? subjectIn(context.active())?.number;
  const attributes = known === undefined ? {} : { [numberOf]: known };
  return tracer.startActiveSpan(name, { attributes }, (span) => ended(span, work));
}

/** Faults are told by their kind: their sentences may hold names. */
async function ended<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: fault instanceof Error ? fault.name : 'fault' });
    throw fault;
  } finally {
    span.end();
  }
}
