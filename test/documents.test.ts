import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { actingRights, nodeRights, pausingRights } from '../src/adapters/kubernetes/rights.ts';
import { verbs } from '../src/domain/action.ts';
import { patchable } from '../src/domain/patchable.ts';
import { mayImport } from './structure/imports.ts';

const documents = ['README.md', ...globSync('docs/*.md').toSorted()];

/** A document without its code blocks, which may show what is not there. */
const proseOf = (file: string) => readFileSync(file, 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');

/** Names that begin like one of the repository, without a place to fill in: `src/main.ts`, `docs/`. */
const path = /^(src|test|docs|examples|deploy|migrations|dev|\.ci)\/[^<>* ]*$/;

const namedIn = (file: string) =>
  [...proseOf(file).matchAll(/`([^`\n]+)`/g)].flatMap(([, text = '']) => (path.test(text) ? [text] : []));

/** Links that are neither an address nor a place in the same document, from where the document is. */
const linkedFrom = (file: string) =>
  [...proseOf(file).matchAll(/\]\(([^)\s#]+)[^)\s]*\)/g)].flatMap(([, target = '']) =>
    target.includes('://') ? [] : [join(dirname(file), target)],
  );

describe.each(documents)('%s', (file) => {
  test('names only files and folders that are there', () => {
    expect(namedIn(file).filter((each) => !existsSync(each))).toEqual([]);
  });

  test('links only to what is there', () => {
    expect(linkedFrom(file).filter((each) => !existsSync(each))).toEqual([]);
  });
});

test('the paths of both guides are found', () => {
  for (const file of ['docs/architecture.md', 'docs/extending.md'])
    expect(namedIn(file).length).toBeGreaterThan(20);
});

test('the map of the rooms has every folder of src', () => {
  const map = readFileSync('docs/architecture.md', 'utf8');
  const folders = Object.keys(mayImport).filter((room) => !room.includes('.'));
  expect(folders.filter((room) => !map.includes(`src/${room}`))).toEqual([]);
});

const role = z.object({
  kind: z.literal('ClusterRole'),
  metadata: z.object({ name: z.string() }),
  rules: z.array(
    z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) }),
  ),
});

const roleFiles = ['deploy/base/rbac.yaml', 'deploy/overlays/sync-pause/rights.yaml'];
const roles = roleFiles
  .flatMap((file) => parseAllDocuments(readFileSync(file, 'utf8')))
  .flatMap((each) => {
    const read = role.safeParse(each.toJS());
    return read.success ? [read.data] : [];
  });

test.each([
  ['firebreak-act', actingRights],
  ['firebreak-nodes', nodeRights],
  ['firebreak-sync-pause', pausingRights],
])('doctor asks for what deploy grants: %s', (name, rights) => {
  const granted = roles
    .filter(({ metadata }) => metadata.name === name)
    .flatMap(({ rules }) => rules)
    .flatMap(({ apiGroups, resources, verbs }) =>
      resources.flatMap((each) => verbs.map((verb) => `${verb} ${apiGroups.join()} ${each}`)),
    );
  const asked = rights.map((text) =>
    text.replace(/ (?:([\w.]+)\/)?v\d\w* /, (_, group = '') => ` ${group} `),
  );
  expect(asked.toSorted()).toEqual([...new Set(granted)].toSorted());
});

test('deploy/base/rbac.yaml lets everything be read that the adapter may ask for', () => {
  const readable = roles
    .filter(({ metadata }) => metadata.name === 'firebreak-read')
    .flatMap(({ rules }) => rules)
    .filter(({ verbs }) => verbs.includes('get') || verbs.includes('list'))
    .flatMap(({ apiGroups, resources }) =>
      resources.flatMap((each) => apiGroups.map((group) => `${group}/${each}`)),
    );
  const table = readFileSync('src/adapters/kubernetes/client/resource.ts', 'utf8');
  const homes = [...table.matchAll(/apiVersion: '([^']+)',\s+resource: '([^']+)'/g)];
  const asked = homes.map(
    ([, version = '', resource]) =>
      `${version.includes('/') ? version.replace(/\/.*$/, '') : ''}/${resource}`,
  );
  expect(asked.length).toBeGreaterThan(20);
  expect(asked.filter((each) => !readable.includes(each))).toEqual([]);
});

const admissionPolicy = z.object({
  kind: z.literal('ValidatingAdmissionPolicy'),
  spec: z.object({ variables: z.array(z.object({ name: z.string(), expression: z.string() })).default([]) }),
});

test('deploy/base/admission-policy.yaml lets every field be written that patch may write', () => {
  const policies = parseAllDocuments(readFileSync('deploy/base/admission-policy.yaml', 'utf8')).flatMap(
    (each) => {
      const read = admissionPolicy.safeParse(each.toJS());
      return read.success ? [read.data] : [];
    },
  );
  const writable = policies.flatMap(({ spec }) =>
    spec.variables.flatMap(({ name, expression }) => (name === 'writable' ? [expression] : [])),
  );
  const lists = new Map(
    [...writable.join(' ').matchAll(/'(\w+)':\s*\[([^\]]*)\]/g)].map(([, kind, fields = '']) => [
      kind,
      fields,
    ]),
  );
  const { HorizontalPodAutoscaler: limits, ...others } = patchable;
  // Its limits are named in an expression of their own.
  expect(Object.keys(limits)).toEqual(['spec.maxReplicas', 'spec.minReplicas']);
  for (const [kind, fields] of Object.entries(others)) {
    for (const path of Object.keys(fields)) {
      expect({ kind, path, fields: lists.get(kind) }).toMatchObject({
        fields: expect.stringContaining(`'${path.split('.')[1]}'`),
      });
    }
  }
});

test('test/cluster/field-rights.test.ts tries every verb under the rights and the admission policy of deploy/base', () => {
  const tried = readFileSync('test/cluster/field-rights.test.ts', 'utf8');
  expect(verbs.filter((verb) => !tried.includes(`verb: '${verb}'`))).toEqual([]);
});

test('an address of Firebreak in the cluster is one that its Service has, from every namespace', () => {
  const service = z
    .object({
      metadata: z.object({ name: z.string(), namespace: z.string() }),
      spec: z.object({ ports: z.array(z.object({ port: z.number() })) }),
    })
    .parse(parse(readFileSync('deploy/base/service.yaml', 'utf8')));
  const named = documents.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/http:\/\/firebreak[^\s"'`]*/g)].map(([address]) => address),
  );
  expect(named.length).toBeGreaterThan(1);
  const { name, namespace } = service.metadata;
  for (const address of named) {
    const { hostname, port } = new URL(address);
    expect(hostname, address).toBe(`${name}.${namespace}`);
    expect(
      service.spec.ports.map((each) => each.port),
      address,
    ).toContain(Number(port || 80));
  }
});
