import { alertRequest } from './http/requests.ts';
import { openWire, type Wire } from './http/wire.ts';
import type { Program } from './process.ts';
import { alternate, type Contestant, compare, type Effort, quantile } from './rounds.ts';
import type { Row } from './table.ts';

/** Connections that send at once, as a proxy in front of many senders does. */
const connections = 50;

/**
 * P4: alerts taken in a second over 50 connections, each answered after its commit, beside a bare Node server that commits
 * one row for each. Every alert is new, and ours is triaged behind the answer.
 */
export async function measureIntake({
  ours,
  reference,
  effort,
}: {
  readonly ours: Program;
  readonly reference: Program;
  readonly effort: Effort;
}): Promise<readonly Row[]> {
  const rounds = await alternate({ ours: sending(ours.port), reference: sending(reference.port) }, effort);
  const base = { reference: 'Node, 1 commit each' } as const;
  return [
    {
      ...base,
      measure: 'P4 alerts taken, 50 connections',
      unit: '/s',
      compared: compare(rounds, 'perSecond'),
      good: 'large',
      gate: 0.8,
      goal: 1.3,
    },
    {
      ...base,
      measure: 'P4 alert answered, 50 connections, p99',
      unit: 'ms',
      compared: compare(rounds, 'p99'),
      good: 'small',
      gate: 3,
      goal: 1.5,
    },
  ];
}

function sending(port: number): Contestant {
  return {
    burst: async (seconds) => {
      const wires = await Promise.all(Array.from({ length: connections }, () => openWire(port)));
      const times: number[] = [];
      const began = performance.now();
      const send = async (wire: Wire) => {
        while (performance.now() < began + seconds * 1000) times.push(await wire.ask(alertRequest(port)));
      };
      await Promise.all(wires.map(send));
      const took = (performance.now() - began) / 1000;
      for (const wire of wires) wire.close();
      return { perSecond: times.length / took, p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
    },
  };
}
