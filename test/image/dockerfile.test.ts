import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { longestWait } from '../../src/adapters/postgres/migrate.ts';
import { readDockerfile, settingsOf } from './dockerfile.ts';

const [bundle, build, image] = readDockerfile('Dockerfile');
if (bundle === undefined || build === undefined || image === undefined)
  throw new Error('The Dockerfile has not three stages.');
const builders = [bundle, build];
const settings = settingsOf(image);

test('the builders have the Node that the tests run on', () => {
  const manifest = z.object({ devDependencies: z.object({ node: z.string() }) });
  const { devDependencies } = manifest.parse(JSON.parse(readFileSync('package.json', 'utf8')));
  for (const { base } of builders) expect(base).toBe(`node:${devDependencies.node}-bookworm-slim`);
});

test('what reaches the builders is what is copied, and no more', () => {
  const copied = builders
    .flatMap(({ steps }) => steps)
    .filter(({ keyword, from }) => keyword === 'COPY' && from === undefined)
    .flatMap(({ words }) => words.slice(0, -1));
  const allowed = readFileSync('.dockerignore', 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(allowed[0]).toBe('*');
  expect(new Set(allowed.slice(1).map((line) => line.replace(/^!/, '')))).toEqual(new Set(copied));
});

test('it runs as a numbered ordinary user, without a shell around it', () => {
  expect(settings.user).toBe('65532:65532');
  expect(settings.command).toEqual([
    '/usr/local/bin/node',
    '--max-semi-space-size=4',
    '--heap-growing-percent=50',
    '--v8-pool-size=1',
    '--import',
    './src/compile-cache.mjs',
    'dist/main.js',
  ]);
  expect(image.base).toMatch(/^gcr\.io\/distroless\/.*:nonroot$/);
});

const container = z.object({
  kind: z.literal('Deployment'),
  spec: z.object({
    template: z.object({
      spec: z.object({
        securityContext: z.object({ runAsUser: z.number(), runAsGroup: z.number() }),
        containers: z.tuple([
          z.object({
            ports: z.tuple([z.object({ containerPort: z.number() })]),
            startupProbe: z.object({ periodSeconds: z.number(), failureThreshold: z.number() }),
          }),
        ]),
      }),
    }),
  }),
});

test('compiled code is kept for the flags that it is run with, which are those of npm start', () => {
  const flags = settings.command.slice(1, -1).join(' ');
  const kept = build.steps.map(({ words }) => words.join(' ')).filter((words) => words.includes('--eval'));
  expect(kept).toEqual([expect.stringContaining(`node ${flags} --eval`)]);
  const { scripts } = z
    .object({ scripts: z.object({ start: z.string() }) })
    .parse(JSON.parse(readFileSync('package.json', 'utf8')));
  expect(scripts.start).toBe(`node ${flags} src/main.ts`);
});

test('the Deployment runs it as the same user and at the same port', () => {
  const deployment = container.parse(parse(readFileSync('deploy/base/deployment.yaml', 'utf8')));
  const { securityContext, containers } = deployment.spec.template.spec;
  expect(settings.user).toBe(`${securityContext.runAsUser}:${securityContext.runAsGroup}`);
  expect(settings.variables['PORT']).toBe(String(containers[0].ports[0].containerPort));
});

test('the Deployment lets a start wait for a table as long as its migration tries', () => {
  const deployment = container.parse(parse(readFileSync('deploy/base/deployment.yaml', 'utf8')));
  const { periodSeconds, failureThreshold } = deployment.spec.template.spec.containers[0].startupProbe;
  // It has come as far as its storage within the first seconds.
  expect(periodSeconds * failureThreshold).toBeGreaterThan(longestWait / 1000 + 30);
});

test('each file of deploy/base is one of its resources', () => {
  const { resources } = z
    .object({ resources: z.array(z.string()) })
    .parse(parse(readFileSync('deploy/base/kustomization.yaml', 'utf8')));
  for (const file of resources)
    expect(parseAllDocuments(readFileSync(`deploy/base/${file}`, 'utf8'))).not.toEqual([]);
});
