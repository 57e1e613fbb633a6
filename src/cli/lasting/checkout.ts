import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Files, isManifest } from '../../adapters/gitops/files.ts';
import { ConfigFault } from '../../config-fault.ts';

/** Bytes; manifests that people write are far smaller. */
const largest = 1_048_576;

/**
 * The manifests of a checkout, by path. What is not YAML or JSON, what lies in folders whose names begin with a dot, links
 * and files above 1 MiB are left out.
 * @throws ConfigFault when the folder cannot be read
 */
export function readCheckout(folder: string): Files {
  try {
    return new Map([...paths(folder, '')].map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
  } catch (fault) {
    throw new ConfigFault([`--repository: the folder ${folder} cannot be read (${String(fault)}).`]);
  }
}

function* paths(folder: string, inside: string): Generator<string> {
  for (const entry of readdirSync(join(folder, inside), { withFileTypes: true })) {
    const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!entry.name.startsWith('.') && entry.name !== 'node_modules') yield* paths(folder, path);
    } else if (entry.isFile() && isManifest(path) && statSync(join(folder, path)).size <= largest) yield path;
  }
}
