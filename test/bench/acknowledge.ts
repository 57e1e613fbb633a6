import { setTimeout as sleep } from 'node:timers/promises';
import { slashRequest } from './http/requests.ts';
import { openWire, type Wire } from './http/wire.ts';
import type { Program } from './process.ts';
import { production } from './programs/site.ts';
import { alternate, type Contestant, compare, type Effort, quantile } from './rounds.ts';
import { asked, type Stage } from './stage.ts';
import type { Row } from './table.ts';

/** Milliseconds between an answer and the next request: people type; a bot at rest answers each of them. */
const pause = 50;

/**
 * P5: from a signed slash command to its answer, when what was asked is committed, beside a bare Bolt listener with
 * one commit. `accepted` begins a remediation, whose steps go on behind the answer; `refused` is one line in the log.
 */
export async function measureAcknowledge(
  stage: Stage,
  { ours, reference }: { readonly ours: Program; readonly reference: Program },
  effort: Effort,
): Promise<readonly Row[]> {
  const wires = { ours: await openWire(ours.port), reference: await openWire(reference.port) };
  const against = async (name: string, text: string): Promise<readonly Row[]> => {
    const rounds = await alternate(
      {
        ours: asking(stage, wires.ours, ours.port, text),
        reference: asking(stage, wires.reference, reference.port, text),
      },
      effort,
    );
    const base = { unit: 'ms', reference: 'Bolt, 1 commit', good: 'small' } as const;
    const measure = `P5 slash answered, ${name}`;
    return [
      { ...base, measure: `${measure}, p50`, compared: compare(rounds, 'p50'), gate: 2, goal: 1.3 },
      { ...base, measure: `${measure}, p99`, compared: compare(rounds, 'p99'), gate: 3, goal: 1.5 },
    ];
  };
  try {
    return [
      ...(await against('accepted', `rollout restart deployment/${asked} -n ${production}`)),
      ...(await against('refused', 'rollout restrat deployment/web')),
    ];
  } finally {
    wires.ours.close();
    wires.reference.close();
  }
}

function asking(stage: Stage, wire: Wire, port: number, text: string): Contestant {
  return {
    burst: async (seconds) => {
      const times: number[] = [];
      const end = performance.now() + seconds * 1000;
      while (performance.now() < end) {
        times.push(await wire.ask(slashRequest(stage.slack.workspace, port, text)));
        await sleep(pause);
      }
      return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
    },
  };
}
