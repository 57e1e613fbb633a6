import { describe, expect, it } from 'vitest';
import { returningOf } from '../../src/actions/pod-template/returning.ts';
import { sameImage } from '../../src/actions/pod-template/same-image.ts';
import type { Json } from '../../src/domain/text/json.ts';

type Images = Readonly<Record<string, string>>;

const listed = (images: Images, more: object) =>
  Object.entries(images).map(([name, image]) => ({ name, image, ...more }));
const template = (images: Images, env: string[] = [], init: Images = {}, annotations = {}): Json => ({
  metadata: { labels: { app: 'web' }, annotations },
  spec: {
    containers: listed(images, { env: env.map((name) => ({ name })) }),
    initContainers: listed(init, {}),
  },
});

const live = template({ web: 'web:1', proxy: 'proxy:1' });
const bad = template({ web: 'web:2', proxy: 'proxy:1' });

describe('what comes back of an earlier template', () => {
  it.each<[string, Json, Json, ReturnType<typeof returningOf>]>([
    ['all of it', bad, bad, { as: 'content', containers: ['web'] }],
    [
      'all of it, but for a restart',
      bad,
      template({ web: 'web:2', proxy: 'proxy:1' }, [], {}, { 'kubectl.kubernetes.io/restartedAt': 'noon' }),
      { as: 'content', containers: ['web'] },
    ],
    [
      'settings alone',
      template({ web: 'web:1', proxy: 'proxy:1' }, ['DEBUG']),
      template({ web: 'web:1', proxy: 'proxy:1' }, ['DEBUG']),
      { as: 'content', containers: [] },
    ],
    [
      'its images with other settings',
      bad,
      template({ web: 'web:2', proxy: 'proxy:1' }, ['DEBUG']),
      { as: 'images', containers: ['web'] },
    ],
    [
      'its images, written in another way',
      template({ web: 'docker.io/library/web:2', proxy: 'proxy:1' }),
      bad,
      { as: 'images', containers: ['web'] },
    ],
    [
      'one of its images',
      bad,
      template({ web: 'web:2', proxy: 'proxy:0' }),
      { as: 'some images', containers: ['web'] },
    ],
    [
      'one of its images, where it had one container more',
      bad,
      template({ web: 'web:2', proxy: 'proxy:1', log: 'log:1' }),
      { as: 'some images', containers: ['web'] },
    ],
    [
      'all of it, without the last variable',
      bad,
      {
        metadata: { labels: { app: 'web' } },
        spec: { containers: listed({ web: 'web:2', proxy: 'proxy:1' }, {}) },
      },
      { as: 'content', containers: ['web'] },
    ],
    ['an image that runs already', bad, template({ web: 'web:3', proxy: 'proxy:1' }), undefined],
    [
      'only images that run already',
      template({ web: 'web:1', proxy: 'proxy:1' }, ['DEBUG']),
      live,
      undefined,
    ],
    [
      'an image of an init container of the same name',
      bad,
      template({ web: 'web:0', proxy: 'proxy:1' }, [], { web: 'web:2' }),
      undefined,
    ],
    [
      'an image of an init container',
      template({ web: 'web:1', proxy: 'proxy:1' }, [], { migrate: 'migrate:2' }),
      template({ web: 'web:0', proxy: 'proxy:1' }, [], { migrate: 'migrate:2' }),
      { as: 'some images', containers: ['migrate'] },
    ],
    ['nothing of what is no template', bad, { spec: 'gone' }, undefined],
  ])('%s', (_name, next, kept, expected) => {
    expect(returningOf(live, next, kept)).toEqual(expected);
  });
});

describe('the same image', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  it.each<[string, string, boolean]>([
    ['web', 'web:latest', true],
    ['web:1', 'docker.io/library/web:1', true],
    ['web:1', 'index.docker.io/web:1', true],
    ['shop/web:1', 'docker.io/shop/web:1', true],
    ['docker.io/web:1', 'docker.io/library/web:1', true],
    ['registry.example/web:1', 'registry.example/web:1', true],
    ['registry:5000/web', 'registry:5000/web:latest', true],
    [`web:1@${digest}`, `web:2@${digest}`, true],
    ['web:1', `web:1@${digest}`, false],
    ['web:1', 'web:2', false],
    ['localhost/web:1', 'web:1', false],
    ['registry.example/web:1', 'web:1', false],
    ['registry:5000/web', 'registry:5001/web', false],
  ])('%s and %s: %s', (a, b, same) => {
    expect([sameImage(a, b), sameImage(b, a)]).toEqual([same, same]);
  });

  it('none is the same as none', () => {
    expect(sameImage(undefined, undefined)).toBe(false);
  });
});
