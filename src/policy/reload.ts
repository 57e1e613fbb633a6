import { watch } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigFault } from '../config-fault.ts';
import type { Playbook } from '../domain/incidents/playbook.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { asJson, type Json, leafChanges } from '../domain/text/json.ts';
import { strangePlaybooks } from './strange-playbooks.ts';

export interface PolicySource {
  readonly file: string;
  /** @throws ConfigFault with what is wrong with it */
  readonly read: () => Policy;
}

/** A policy that follows its file. */
export interface FollowedPolicy {
  readonly current: () => Policy;
  /** Reads it again, as SIGHUP and a change of the file do; true when another one is in force now. */
  readonly reload: () => Promise<boolean>;
  readonly stop: () => Promise<void>;
}

/** Where it is said that the policy has changed, or why not. */
interface Log {
  info(fields: object, sentence: string): void;
  warn(fields: object, sentence: string): void;
  error(fields: object, sentence: string): void;
}

/** What can become of a reading: `refused` is the file's fault, `not_recorded` that of the database. */
type PolicyReading = 'taken' | 'unchanged' | 'refused' | 'not_recorded';

interface Following {
  readonly policy: Policy;
  /** Absent: it is what it is until the end. */
  readonly source: PolicySource | undefined;
  /** Writes down that a policy comes into force, before it does. */
  readonly record: (policy: Json) => Promise<{ readonly digest: string }>;
  readonly log: Log;
  /** Those that there are: each policy that comes into force may trust others. */
  readonly playbooks?: readonly Pick<Playbook, 'name'>[];
  /** Called after each reading of the file; of readings in a row that could not be written down, after the first. */
  readonly onRead?: (result: PolicyReading) => void;
  /** See retryAfter, which it is unless told. */
  readonly retry?: number;
}

/** Milliseconds of quiet after the last change: editors and ConfigMaps write in several steps. */
const quiet = 200;

/** Milliseconds until a change that could not be written down is tried again: nobody would change the file once more for that. */
const retryAfter = 10_000;

/**
 * Keeps the policy in force. It is read again on SIGHUP and when something changes beside the file: a ConfigMap is
 * exchanged by its folder. A file that is wrong, or a change that cannot be written down, leaves the one in force; the latter
 * is tried again until it can be.
 */
export async function followPolicy(options: Following): Promise<FollowedPolicy> {
  const { policy, source, record, log, playbooks, onRead = ignore, retry = retryAfter } = options;
  const warn = (read: Policy) => {
    for (const each of playbooks === undefined ? [] : strangePlaybooks(read, playbooks))
      log.warn({}, `${source?.file ?? 'policy.yaml'}: ${each}`);
  };
  warn(policy);
  let current = policy;
  let digest = (await record(textOf(policy))).digest;
  let last: Promise<unknown> = Promise.resolve();
  let again: NodeJS.Timeout | undefined;
  let isUnrecorded = false;
  const tell = (result: PolicyReading) => {
    isUnrecorded = result === 'not_recorded';
    onRead(result);
  };
  const once = async (read: () => Policy): Promise<boolean> => {
    try {
      const next = read();
      const change = await record(textOf(next));
      if (change.digest === digest) {
        tell('unchanged');
        return false;
      }
      const diff = leafChanges(textOf(current), textOf(next));
      current = next;
      digest = change.digest;
      log.info({ policy: digest, diff }, `The policy has changed: ${diff.join('; ')}`);
      warn(next);
      tell('taken');
      return true;
    } catch (fault) {
      clearTimeout(again);
      if (fault instanceof ConfigFault) {
        const reason = fault.problems.join('; ');
        log.error({ err: fault }, `The policy stays as it was, because the new one was not taken: ${reason}`);
        tell('refused');
        return false;
      }
      again = setTimeout(() => void reload(), retry).unref();
      // While the database is away each try fails, and says nothing new.
      if (isUnrecorded) return false;
      log.error({ err: fault }, `The policy stays as it was until the new one can be written down: ${fault}`);
      tell('not_recorded');
      return false;
    }
  };
  if (source === undefined)
    return { current: () => current, reload: async () => false, stop: async () => undefined };
  const reload = () => {
    clearTimeout(again);
    const next = last.then(() => once(source.read));
    last = next;
    return next;
  };
  const quieten = listen(source.file, () => void reload(), log);
  return {
    current: () => current,
    reload,
    stop: async () => {
      quieten();
      await last;
      clearTimeout(again);
    },
  };
}

const ignore = (): void => undefined;

/** Calls back on SIGHUP and, after some quiet, on changes in the file's folder; answers how to end that. */
function listen(file: string, changed: () => void, log: Log): () => void {
  let timer: NodeJS.Timeout | undefined;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(changed, quiet);
  };
  const watcher = watch(dirname(file), later);
  watcher.on('error', (err) =>
    log.warn({ err }, `${file} is not watched any more; send SIGHUP after a change`),
  );
  process.on('SIGHUP', changed);
  return () => {
    clearTimeout(timer);
    watcher.close();
    process.off('SIGHUP', changed);
  };
}

/** The policy as its file could say it, with every default. */
function textOf({
  predicates: _,
  ownNamespace: __,
  clusterNames: ___,
  freezesFrom: ____,
  ...written
}: Policy): Json {
  return asJson(written);
}
