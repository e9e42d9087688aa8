import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { releaseLease, releaseLeasesOf, takeLease } from './leases.ts';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'tvm-leases-'));
  folder = join(parent, 'leases');
});
afterEach(() => rmSync(parent, { recursive: true }));

it('a name has one owner until it is given back', async () => {
  expect(await takeLease(folder, '1', 'a')).toBe(true);
  expect(await takeLease(folder, '1', 'b')).toBe(false);
  expect(await takeLease(folder, '1', 'a')).toBe(false);
  expect(await takeLease(folder, '2', 'b')).toBe(true);
  await releaseLease(folder, '1', 'a');
  expect(await takeLease(folder, '1', 'b')).toBe(true);
});

it('one of many who want it at once gets a name', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => takeLease(folder, '1', `owner${index}`)),
  );
  expect(outcomes.filter(Boolean)).toHaveLength(1);
});

it('only its owner gives a name back', async () => {
  await takeLease(folder, '1', 'a');
  await releaseLease(folder, '1', 'b');
  expect(await takeLease(folder, '1', 'b')).toBe(false);
});

it('names of a dead owner and of none are given back, those of another stay', async () => {
  await takeLease(folder, '1', 'dead');
  await takeLease(folder, '2', 'alive');
  mkdirSync(join(folder, '3'));
  await releaseLeasesOf(folder, 'dead');
  expect(readdirSync(folder)).toEqual(['2']);
});

it('where there are no names there is nothing to give back', async () => {
  await releaseLeasesOf(folder, 'a');
  await releaseLease(folder, '1', 'a');
  expect(await takeLease(folder, '1', 'a')).toBe(true);
});
