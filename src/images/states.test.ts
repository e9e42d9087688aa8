import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fakeRecord, installFakeImage } from '../../test/doubles/fake-image.ts';
import { attemptFile, imageFiles, tvmPaths } from '../sys/paths.ts';
import type { Paths } from '../sys/paths.ts';
import { beginAttempt, endAttempt, readAttempt } from './attempts.ts';
import { runtimeState, runtimeStates } from './states.ts';
import { removeImage } from './store.ts';

const ID = 'python@3.11';
const { key } = fakeRecord(ID);

let folder: string;
let paths: Paths;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-states-'));
  paths = tvmPaths({ config: folder, cache: folder, state: folder, runtime: folder });
});
afterEach(() => rmSync(folder, { recursive: true }));

it('goes from installable over building to ready', async () => {
  expect(await runtimeState(paths, ID)).toMatchObject({ id: ID, state: 'installable', reason: undefined });
  await beginAttempt(paths, ID);
  expect(await runtimeState(paths, ID)).toMatchObject({ state: 'building' });
  installFakeImage(paths.imagesDir, ID);
  await endAttempt(paths, ID, undefined);
  expect(await runtimeState(paths, ID)).toMatchObject({
    state: 'ready',
    image: { id: ID, base: 'bookworm' },
  });
  expect((await runtimeStates(paths)).filter(({ state }) => state === 'ready').map(({ id }) => id)).toEqual([
    ID,
  ]);
});

it('keeps on disk why it was unreachable or failed, until a later attempt', async () => {
  await endAttempt(paths, ID, { outcome: 'unreachable', key, reason: 'no such host' });
  expect(await runtimeState(paths, ID)).toMatchObject({ state: 'unreachable', reason: 'no such host' });
  await endAttempt(paths, ID, { outcome: 'failed', key, reason: 'step 1 failed' });
  expect(await runtimeState(paths, ID)).toMatchObject({ state: 'installable', reason: 'step 1 failed' });
  await beginAttempt(paths, ID);
  expect(await runtimeState(paths, ID)).toMatchObject({ state: 'building', reason: undefined });
  await endAttempt(paths, ID, undefined);
  expect(await runtimeState(paths, ID)).toMatchObject({ state: 'installable', reason: undefined });
});

it('forgets an attempt with another recipe, and with the image that is removed', async () => {
  await endAttempt(paths, ID, { outcome: 'unreachable', key: 'other', reason: 'x' });
  expect(await runtimeState(paths, ID)).toMatchObject({ state: 'installable', reason: undefined });
  await removeImage(paths, ID);
  expect(await readAttempt(paths, ID)).toBeUndefined();
});

it('does not take a dead builder, or a damaged record, for one that builds', async () => {
  await beginAttempt(paths, ID);
  const file = attemptFile(paths.attemptsDir, ID);
  const builder = { pid: process.pid, startTicks: '1', bootId: 'other' };
  writeFileSync(file, JSON.stringify({ outcome: 'building', builder }));
  expect(await runtimeState(paths, ID)).toMatchObject({ state: 'installable' });
  writeFileSync(file, '{');
  expect(await runtimeState(paths, ID)).toMatchObject({ state: 'installable' });
});

it('lists a user’s own runtimes with what they are made of', async () => {
  const id = 'python@3.11-mine';
  const additions = { packages: [], npm: ['a@1.0.0'], copy: [], oci: 'localhost/x' };
  mkdirSync(paths.imagesDir, { recursive: true });
  writeFileSync(imageFiles(paths.imagesDir, id).record, JSON.stringify(fakeRecord(id, { additions })));
  const states = await runtimeStates(paths);
  expect(states.at(-1)).toMatchObject({ id, state: 'installable', source: 'OCI localhost/x + npm' });
  writeFileSync(imageFiles(paths.imagesDir, id).rootfs, 'x');
  expect(await runtimeState(paths, id)).toMatchObject({ id, state: 'ready' });
});
