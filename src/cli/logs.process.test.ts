import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { logFile } from '../sys/paths.ts';
import type { LogComponent } from '../sys/paths.ts';
import { makeSandbox } from './fixtures/sandbox.ts';
import type { Sandbox } from './fixtures/sandbox.ts';

let box: Sandbox;
beforeEach(async () => {
  box = await makeSandbox();
});
afterEach(async () => box[Symbol.asyncDispose]());

function log(component: LogComponent, time: number, msg: string): void {
  mkdirSync(box.paths.logsDir, { recursive: true });
  const line = JSON.stringify({ level: 'info', time, component, msg });
  appendFileSync(logFile(box.paths.logsDir, component), `${line}\n`);
}

test('no logs yet is no failure', async () => {
  const ended = await box.tvm(['logs']);
  expect(ended).toMatchObject({ status: 0, stdout: '' });
  expect(ended.stderr).toMatch(/^tvm: no logs yet/);
});

test('the last lines of all components by time, or of one', async () => {
  log('api', 1, 'a');
  log('api', 4, 'd');
  log('tvm', 2, 'b');
  log('lima', 3, 'c\u001b[2J');
  const words = (text: string): string[] =>
    text
      .trim()
      .split('\n')
      .map((line) => line.split(' ').at(-1) ?? '');
  expect(words((await box.tvm(['logs'])).stdout)).toEqual(['a', 'b', String.raw`c\u001b[2J`, 'd']);
  expect(words((await box.tvm(['logs', '--lines', '2'])).stdout)).toEqual([String.raw`c\u001b[2J`, 'd']);
  expect(words((await box.tvm(['logs', '--component', 'api'])).stdout)).toEqual(['a', 'd']);
  const raw = await box.tvm(['logs', '--json', '-n', '1']);
  expect(raw.stdout).toBe('{"level":"info","time":4,"component":"api","msg":"d"}\n');
});

test('following goes over a rotation and new components, and ends with 0 on an interrupt', async () => {
  log('tvm', 1, 'first');
  const following = box.begin(['logs', '--follow']);
  await following.said('first');
  log('tvm', 2, 'second');
  const path = logFile(box.paths.logsDir, 'tvm');
  renameSync(path, join(box.paths.logsDir, '20260101-1200-01-tvm.log'));
  log('tvm', 3, 'third');
  log('istio', 4, 'fourth');
  await following.said('third');
  await following.said('fourth');
  following.child.kill('SIGINT');
  const ended = await following.ended;
  expect(ended).toMatchObject({ status: 0, stderr: '' });
  expect(ended.stdout.match(/first|second|third|fourth/g)).toEqual(['first', 'second', 'third', 'fourth']);
});

test('following ends when nobody reads any more', async () => {
  log('tvm', 1, 'first');
  const following = box.begin(['logs', '--follow']);
  await following.said('first');
  following.child.stdout?.destroy();
  const path = logFile(box.paths.logsDir, 'tvm');
  const timer = setInterval(() => appendFileSync(path, 'more\n'), 100);
  expect(await following.ended).toMatchObject({ status: 0, stderr: '' });
  clearInterval(timer);
});

test('a file that is no log is shown without driving the terminal', async () => {
  mkdirSync(box.paths.logsDir, { recursive: true });
  writeFileSync(logFile(box.paths.logsDir, 'api'), Buffer.from([0x1b, 0x5b, 0x41, 0xff, 0x0a]));
  expect((await box.tvm(['logs'])).stdout).toBe('\\u001b[A\ufffd\n');
});
