import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTracing } from '../../../src/adapters/tracing/traced.ts';
import { createCommands } from '../../../src/workflow/intake/commands.ts';
import { handleWake } from '../../../src/workflow/lifecycle/run.ts';
import { createRig } from '../../fixtures/rig.ts';
import { unfenced } from '../../support/unfenced.ts';

/* What an SDK is told, by a small one of the test's own; and that nothing stands before the ports without any. */

interface Told {
  name: string;
  readonly attributes: Attributes;
  ended: boolean;
}

const told: Told[] = [];
const current = new AsyncLocalStorage<Context>();

const untold = createTracing();

beforeAll(() => {
  context.setGlobalContextManager({
    active: () => current.getStore() ?? ROOT_CONTEXT,
    with: (at, work, self, ...more) => current.run(at, () => work.call(self, ...more)),
    bind: (_at, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  });
  trace.setGlobalTracerProvider({ getTracer: () => tracer });
});
afterAll(() => {
  context.disable();
  trace.disable();
});

function spanOf(name: string, attributes: Attributes): Span {
  const mine: Told = { name, attributes: { ...attributes }, ended: false };
  told.push(mine);
  const span: Span = {
    spanContext: () => ({ traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 1 }),
    setAttribute: (key, value) => {
      mine.attributes[key] = value;
      return span;
    },
    setAttributes: () => span,
    addEvent: () => span,
    addLink: () => span,
    addLinks: () => span,
    setStatus: () => span,
    updateName: (next) => {
      mine.name = next;
      return span;
    },
    end: () => {
      mine.ended = true;
    },
    isRecording: () => true,
    recordException: () => undefined,
  };
  return span;
}

const tracer: Tracer = {
  startSpan: (name, options) => spanOf(name, options?.attributes ?? {}),
  startActiveSpan: (name: string, ...more: unknown[]) => {
    const [options, work] = [more[0], more.at(-1)];
    const attributes =
      typeof options === 'object' && options !== null && 'attributes' in options ? options.attributes : {};
    const span = spanOf(name, { ...(typeof attributes === 'object' ? attributes : {}) });
    if (typeof work !== 'function') throw new Error('there is nothing to trace');
    return context.with(trace.setSpan(context.active(), span), () => work(span));
  },
};

test('without an SDK each port is the very same', () => {
  const { context: plain } = createRig();
  expect(untold.store(plain.store)).toBe(plain.store);
  expect(untold.cluster(plain.cluster)).toBe(plain.cluster);
  const commands = createCommands(plain);
  expect(untold.commands(commands)).toBe(commands);
});

test('a command, its evaluation and what they ask of the cluster carry the number of the remediation', async () => {
  const tracing = createTracing();
  const rig = createRig();
  const inside = {
    ...rig.context,
    store: tracing.store(rig.context.store),
    cluster: tracing.cluster(rig.context.cluster),
  };
  const commands = tracing.commands(createCommands(inside));
  const actor = { userId: 'U0ASKER', teamId: 'T0TEAM' };
  await commands.remediate({ text: 'rollout restart deployment/web -n shop', actor, requestKey: 'k' });
  const [job] = rig.now().shelf.jobs;
  if (job === undefined) throw new Error('a step is due');
  const handle = tracing.steps((wake, claim, signal) => handleWake(inside, wake, claim, signal));
  await handle(
    job.wake,
    { queue: 'wake', jobId: job.jobId, attempt: 0 },
    AbortSignal.timeout(60_000),
    unfenced,
  );
  expect(told.map(({ name, attributes }) => [name, attributes['firebreak.remediation']])).toEqual([
    ['command', 1],
    ['evaluate', 1],
    ['kubernetes gather', 1],
  ]);
  expect(told.every(({ ended }) => ended)).toBe(true);
});
