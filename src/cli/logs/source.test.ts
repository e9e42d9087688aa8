import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLogs } from '../../observability/log.ts';
import { isRotatedLog, logFile } from '../../sys/paths.ts';
import { openLogSource } from './source.ts';

let folder: string;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-logs-'));
  log = logFile(folder, 'api');
});
afterEach(() => rmSync(folder, { recursive: true }));

const ROTATED = ['20260101-1200-01-api.log', '20260101-1200-02-api.log'];

test('a folder that is not there has no lines', async () => {
  await using source = openLogSource(join(folder, 'none'), 'api');
  expect(await source.tail(5, { partial: true })).toEqual([]);
  expect(await source.poll()).toEqual([]);
});

test("the tail goes back into the rotated files, and only into the component's own", async () => {
  writeFileSync(join(folder, ROTATED[0] ?? ''), 'a\nb\n');
  writeFileSync(join(folder, ROTATED[1] ?? ''), 'c\nd\n');
  writeFileSync(join(folder, '20260101-1200-03-tvm.log'), 'x\n');
  writeFileSync(join(folder, 'api.log.txt'), 'history\n');
  writeFileSync(log, 'e\n');
  await using source = openLogSource(folder, 'api');
  expect(await source.tail(4, { partial: true })).toEqual(['b', 'c', 'd', 'e']);
  expect(await source.tail(99, { partial: true })).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('following begins where the tail ended and waits for whole lines', async () => {
  writeFileSync(log, 'old\nhal');
  await using source = openLogSource(folder, 'api');
  expect(await source.tail(9, { partial: false })).toEqual(['old']);
  expect(await source.poll()).toEqual([]);
  appendFileSync(log, 'f\nne');
  expect(await source.poll()).toEqual(['half']);
  appendFileSync(log, 'w\n\n');
  expect(await source.poll()).toEqual(['new', '']);
});

test('following survives a rotation without losing a line', async () => {
  writeFileSync(log, '1\n');
  await using source = openLogSource(folder, 'api');
  await source.tail(0, { partial: false });
  appendFileSync(log, '2\n');
  renameSync(log, join(folder, ROTATED[0] ?? ''));
  appendFileSync(join(folder, ROTATED[0] ?? ''), '3\n');
  writeFileSync(log, '4\n');
  expect(await source.poll()).toEqual(['2', '3', '4']);
  appendFileSync(log, '5\n');
  expect(await source.poll()).toEqual(['5']);
});

test('following survives a truncation, a removal and a new file', async () => {
  await using source = openLogSource(folder, 'api');
  await source.tail(0, { partial: false });
  writeFileSync(log, 'a long first line\n');
  expect(await source.poll()).toEqual(['a long first line']);
  truncateSync(log, 0);
  appendFileSync(log, 'b\n');
  expect(await source.poll()).toEqual(['b']);
  rmSync(log);
  expect(await source.poll()).toEqual([]);
  writeFileSync(log, 'c\n');
  expect(await source.poll()).toEqual(['c']);
});

test('the names of rotated files are those that the logs really use', async () => {
  await using logs = openLogs({ level: 'info', directory: folder });
  const line = 'x'.repeat(1024 * 1024);
  for (let i = 0; i < 12; i++) logs.component('api').info(line);
  await logs[Symbol.asyncDispose]();
  const { readdirSync } = await import('node:fs');
  const rotated = readdirSync(folder).filter((name) => isRotatedLog(name, 'api'));
  expect(rotated).toHaveLength(1);
  await using source = openLogSource(folder, 'api');
  expect(await source.tail(99, { partial: true })).toHaveLength(12);
});
