import { describe, expect, it } from 'vitest';
import { imageFlaw } from '../../src/actions/pod-template/set-image/image-reference.ts';

const hex = '0f3c'.repeat(16);

describe('an image', () => {
  it.each([
    'web',
    'web:1.2',
    'web:V1_2.RC-1',
    'library/web',
    'a__b/c_d/e.f/g---h:1',
    'registry.example:5000/team/web:1',
    'Registry.Example/team/web',
    'localhost/web',
    `web@sha256:${hex}`,
    `registry.example/web:1.2@sha256:${hex}`,
    `web@sha512:${hex}${hex}`,
    `web:${'t'.repeat(128)}`,
    'a'.repeat(255),
    'registry.example:65535/web',
    'registry.example:1/web:99999',
    'web:65536',
    'sha256:1.2',
    'tools/sha256:20260101',
  ])('%s', (image) => {
    expect(imageFlaw(image)).toBeUndefined();
  });

  it.each([
    ['UPPER/IMG:::x', 'such as'],
    ['team/Web:1', 'lower case'],
    ['WEB', 'lower case'],
    ['web:', 'comes a tag'],
    ['registry.example:5000/web:', 'comes a tag'],
    ['web:1:2', 'comes a tag'],
    ['web:1.2+3', 'comes a tag'],
    ['registry.example:port/web:1', 'such as'],
    ['web:.1', 'comes a tag'],
    ['a..b', 'such as'],
    ['a___b', 'such as'],
    ['a/', 'such as'],
    ['a//b', 'such as'],
    ['-web', 'such as'],
    ['web:1\n', 'comes a tag'],
    ['https://registry.example/web', 'is left out'],
    ['docker://web:1', 'is left out'],
    ['https://', 'such as'],
    ['', 'such as'],
    ['web@', 'a digest'],
    ['web@sha256:0a1b', 'a digest'],
    ['web@md5:0123456789abcdef0123456789abcdef', 'a digest'],
    [`web@sha256:${hex.toUpperCase()}`, 'a digest'],
    [`web:${'t'.repeat(129)}`, 'at most 128'],
    ['a'.repeat(256), 'at most 255'],
    [hex, 'such as'],
    ['registry.example:65536/web:1', 'from 1 to 65535'],
    ['registry.example:99999999999999999999/web', 'from 1 to 65535'],
    ['registry.example:0/web', 'from 1 to 65535'],
    [`sha256:${hex}`, 'behind a name and "@"'],
    [`registry.example/app/sha256:${hex}`, 'behind a name and "@"'],
    [`sha512:${hex}${hex}`, 'behind a name and "@"'],
  ])('is not %j', (image, words) => {
    expect(imageFlaw(image)).toContain(words);
  });
});
