import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { daemonTakeoverFile } from '../sys/paths.ts';
import { identityOf } from '../sys/process-identity.ts';
import type { ProcessIdentity } from '../sys/process-identity.ts';
import { claimDaemon, clearStale, inspectDaemon, releaseDaemon, updateDaemon } from './daemon.ts';
import type { DaemonRecord } from './daemon.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-daemon-'));
  file = join(folder, 'daemon.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

function self(): ProcessIdentity {
  const identity = identityOf(process.pid);
  if (!identity) throw new Error('no identity');
  return identity;
}

function record(identity: ProcessIdentity = self()): DaemonRecord {
  const rest = { version: 'test', addresses: [], startedAt: '', shutdownGraceMs: 0 };
  return { ...identity, state: 'starting', ...rest };
}

const write = (content: DaemonRecord): void => writeFileSync(file, JSON.stringify(content));

test('no file', () => {
  expect(inspectDaemon(file)).toEqual({ kind: 'none' });
  expect(inspectDaemon(join(folder, 'none', 'daemon.json'))).toEqual({ kind: 'none' });
});

test('a living process', async () => {
  expect(await claimDaemon(file, record())).toBeUndefined();
  expect(inspectDaemon(file)).toMatchObject({ kind: 'living', record: record() });
  expect(await claimDaemon(file, record())).toEqual(record());
  updateDaemon(file, { ...record(), state: 'ready', addresses: ['http://x'] });
  expect(inspectDaemon(file)).toMatchObject({ kind: 'living', record: { state: 'ready' } });
  releaseDaemon(file, self());
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['its process is gone', () => ({ ...self(), pid: 2 ** 22 + 1 })],
  ['its pid is another process by now', () => ({ ...self(), startTicks: '1' })],
  ['the machine was booted since', () => ({ ...self(), bootId: 'another' })],
])('stale: %s', async (_why, identity) => {
  write(record(identity()));
  expect(inspectDaemon(file)).toMatchObject({ kind: 'stale' });
  expect(await claimDaemon(file, record())).toBeUndefined();
  expect(inspectDaemon(file)).toMatchObject({ kind: 'living' });
});

test.each(['', '{}', 'garbage', '{"pid":"1"}'])('stale: damaged %j', async (text) => {
  writeFileSync(file, text);
  expect(inspectDaemon(file)).toEqual({ kind: 'stale', text, why: 'it is damaged' });
  expect(await claimDaemon(file, record())).toBeUndefined();
});

test('a record that was replaced meanwhile is not cleared', () => {
  write(record());
  const before = readFileSync(file, 'utf8');
  expect(clearStale(file, 'what it read before')).toBe(false);
  expect(readFileSync(file, 'utf8')).toBe(before);
  expect(clearStale(file, before)).toBe(true);
  expect(readdirSync(folder)).toEqual([]);
  expect(clearStale(file, before)).toBe(true);
});

test('a record is not cleared while another process clears it', () => {
  writeFileSync(file, 'stale');
  writeFileSync(daemonTakeoverFile(file), '');
  expect(clearStale(file, 'stale')).toBe(false);
  expect(existsSync(file)).toBe(true);
});

test('a process releases only its own record', () => {
  write(record());
  releaseDaemon(file, { ...self(), pid: 1 });
  expect(existsSync(file)).toBe(true);
});
