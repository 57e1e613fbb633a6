import { join } from 'node:path';
import { loadPlaybooks, processEnvironment } from '../../config.ts';
import { ConfigFault } from '../../config-fault.ts';
import type { Playbook } from '../../domain/incidents/playbook.ts';
import type { Place } from '../judging.ts';
import { examples } from '../sandbox/folder.ts';

/** The playbooks of `--playbooks`, of FIREBREAK_PLAYBOOKS, or of the sandbox. @throws ConfigFault when there are none */
export function choosePlaybooks({
  playbooks,
  sandbox,
}: Place & { readonly playbooks?: string | undefined }): readonly Playbook[] {
  const own = sandbox === true ? join(examples, 'playbooks') : processEnvironment()['FIREBREAK_PLAYBOOKS'];
  const folder = playbooks ?? (own || undefined);
  if (folder === undefined)
    throw new ConfigFault(['--playbooks or FIREBREAK_PLAYBOOKS must name the folder of the playbooks.']);
  return loadPlaybooks(folder);
}
