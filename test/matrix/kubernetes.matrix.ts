import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plainConnection } from '../../src/adapters/kubernetes/client/connection.ts';
import { type Fault, type FaultProxy, faults, refusals, startFaultProxy } from '../contract/fault-proxy.ts';
import { type FaultScenario, openFaultScenario } from '../faults/fault-scenario.ts';
import { violations } from '../faults/invariants.ts';
import { readRemediations } from '../faults/ledger.ts';
import { decideUntilOver } from '../faults/people.ts';
import { pool, report } from '../faults/shop.ts';
import { listAt } from '../support/sandbox.ts';
import { due } from './cells.ts';

/*
 * What an API server and the way to it do wrong, before, during and after the change, for each kind of call: the right verdict,
 * and one change. FIREBREAK_MATRIX=7/3 takes the third of every seven cells.
 */

/** The point at which a request is spoilt, and which. */
const positions = {
  look: { point: 'begin:requested', line: /^GET .*\/(deployments|statefulsets|pods|nodes|cronjobs)\/[^/]+$/ },
  'dry run': { point: 'begin:evaluated', line: /^(PATCH|POST|DELETE) / },
  write: { point: 'before-write', line: /^(PATCH|POST|DELETE) / },
  proof: { point: 'begin:verifying', line: /^GET / },
} as const;

/** In the n-th round, so that each changes something. */
const commands: Readonly<Record<string, (round: number, pod: string) => string>> = {
  annotate: (round) => `annotate deployment/web example.com/round=${round} --overwrite -n shop`,
  'set image': (round) => `set image deployment/web web=registry.example/web:1.${round}.0 -n shop`,
  scale: (round) => `scale deployment/web --replicas=${2 + (round % 2)} -n shop`,
  restart: () => 'rollout restart deployment/ledger -n payments',
  'create job': (round) => `create job report-${round} --from=cronjob/report -n shop`,
  'delete pod': (_round, pod) => `delete pod ${pod} -n shop`,
  cordon: (round) => (round % 2 === 0 ? 'uncordon batch-1' : 'cordon batch-1'),
};

const cells = due(
  Object.keys(commands).flatMap((verb) =>
    [...faults, ...refusals].flatMap((fault) =>
      Object.entries(positions)
        // Nothing that only reads is ever told of a conflict.
        .filter(([position]) => fault !== 'conflict' || /write|dry run/.test(position))
        .map(([position, where]) => ({ verb, fault, position, ...where })),
    ),
  ),
);

let scenario: FaultScenario;
let proxy: FaultProxy;
const next: { point: string; inject: () => void } = { point: '', inject: () => {} };

beforeAll(async () => {
  scenario = await openFaultScenario({ isHurried: true, besides: [...pool, report] });
  proxy = await startFaultProxy(plainConnection(scenario.site.cluster));
  const onPoint = (point: string) => {
    if (point !== next.point) return;
    next.point = '';
    next.inject();
  };
  await scenario.peer({ cluster: proxy.url, isHasty: true, onPoint });
});
afterAll(async () => {
  await scenario.close();
  await proxy.close();
});

const rounds = new Map<string, number>();

async function commandFor(verb: string): Promise<string> {
  const round = (rounds.get(verb) ?? 0) + 1;
  rounds.set(verb, round);
  const pods = await listAt(scenario.site.cluster, '/api/v1/namespaces/shop/pods');
  const pod = pods.find(({ metadata: { name } }) => name.startsWith('web-'))?.metadata.name ?? '';
  return commands[verb]?.(round, pod) ?? '';
}

/** Milliseconds that a refused client has to stay away at least, less what clocks and timers round off. */
const retryAfter = 990;

describe('spoilt', () => {
  test.for(cells)('$verb, $position: $fault', async ({ verb, fault, point, line }, { skip }) => {
    const known = (await readRemediations(scenario.knex)).length;
    const before = proxy.spoilt.length;
    Object.assign(next, { point, inject: () => proxy.inject(line, fault) });
    const said = await scenario.slack.slash('U0ALICE', await commandFor(verb));
    expect(JSON.stringify(said)).toContain('Understood');
    await decideUntilOver(scenario, ['U0BOB', 'U0CAROL']);
    const [row, ...others] = (await readRemediations(scenario.knex)).slice(known);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ state: 'succeeded', verdict: 'verified' });
    expect(await violations(scenario)).toEqual([]);
    stayedAway(fault, before);
    if (proxy.spoilt.length === before) skip('no such request came');
  });
});

/** The same request is not sent again before the time that the server has named. */
function stayedAway(fault: Fault, before: number): void {
  const spoilt = proxy.spoilt[before];
  if (fault !== 'throttled' || spoilt === undefined) return;
  const again = proxy.times.findIndex((_, at) => at >= spoilt.after && proxy.seen[at] === spoilt.line);
  if (again >= 0) expect((proxy.times[again] ?? 0) - spoilt.at).toBeGreaterThanOrEqual(retryAfter);
}
