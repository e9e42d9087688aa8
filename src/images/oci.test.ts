import { expect, it } from 'vitest';
import { parseOciReference } from './oci.ts';

it.each([
  ['docker.io/library/python:3.8-slim', 'docker.io', 'library/python', ':3.8-slim'],
  ['localhost/x', 'localhost', 'x', ':latest'],
  ['localhost:5000/a/b_c/d-e:V1.0', 'localhost:5000', 'a/b_c/d-e', ':V1.0'],
  ['[::1]:5000/a', '[::1]:5000', 'a', ':latest'],
  ['registry:80/a', 'registry:80', 'a', ':latest'],
  [`127.0.0.1:1/a@sha256:${'0'.repeat(64)}`, '127.0.0.1:1', 'a', `@sha256:${'0'.repeat(64)}`],
])('%s is the full name of an image', (text, registry, repository, revision) => {
  expect(parseOciReference(text)).toEqual({ registry, repository, revision });
});

it.each([
  ...['', 'python', 'python:3.8', 'library/python', 'docker.io', 'docker.io/', 'docker.io/A', 'docker.io/a:'],
  ...[
    'docker.io/a b',
    '--help/a',
    'https://docker.io/a',
    'docker.io/a@sha256:0',
    'docker.io/../a',
    'docker.io/a\n',
  ],
])('%j is none', (text) => {
  expect(parseOciReference(text)).toBeUndefined();
});
