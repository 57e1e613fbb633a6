import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { programs } from './programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'firebreak-build-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs buildControlPlane in a process of its own with this environment, an empty cache, and no Go but a fake one. */
async function buildWith(environment: Record<string, string>): Promise<string> {
  const script = `
    import { buildControlPlane } from ${JSON.stringify(join(import.meta.dirname, 'build.ts'))};
    console.log(await buildControlPlane().then(JSON.stringify, (error) => error.message));`;
  const env = { PATH: folder, XDG_CACHE_HOME: join(folder, 'cache'), ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env,
  });
  return stdout.trim();
}

function fakeGo(version: string): void {
  writeFileSync(join(folder, 'go'), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
}

describe('finding the control plane', () => {
  test('says what to install when there is no Go', async () => {
    expect(await buildWith({})).toMatch(
      /^Go 1\.26 or newer is needed to build .* there is no Go at all\. Install Go, or/,
    );
  });

  test.each(['go1.25.9', 'go1.9'])('says that %s is too old', async (version) => {
    fakeGo(version);
    expect(await buildWith({})).toContain(`but there is ${version}. Install Go, or set KUBEBUILDER_ASSETS`);
  });

  test('takes everything from KUBEBUILDER_ASSETS without Go', async () => {
    const assets = join(folder, 'assets');
    mkdirSync(assets);
    for (const name of [...programs.map((each) => each.name), 'kwok-stages.yaml'])
      writeFileSync(join(assets, name), '');
    const found = JSON.parse(await buildWith({ KUBEBUILDER_ASSETS: assets }));
    expect(found).toMatchObject({
      kubectl: join(assets, 'kubectl'),
      kwokStages: join(assets, 'kwok-stages.yaml'),
    });
  });
});
