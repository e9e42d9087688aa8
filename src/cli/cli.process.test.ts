import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { logFile } from '../sys/paths.ts';
import { identityOf } from '../sys/process-identity.ts';
import { makeSandbox } from './fixtures/sandbox.ts';
import type { Sandbox } from './fixtures/sandbox.ts';

// Real processes of the built command line in dist/, around an engine that boots nothing.

let box: Sandbox;
beforeEach(async () => {
  box = await makeSandbox();
});
afterEach(async () => box[Symbol.asyncDispose]());

const engine = (mode: string) => ({ environment: { FAKE_ENGINE: mode } });

function writeRecord(facts: object): void {
  const record = { state: 'ready', version: 'test', addresses: [], startedAt: '', shutdownGraceMs: 0 };
  mkdirSync(dirname(box.paths.daemonFile), { recursive: true });
  writeFileSync(box.paths.daemonFile, JSON.stringify({ ...record, ...facts }));
}

test('start, status, logs and stop, twice in a row', async () => {
  for (let i = 0; i < 2; i++) {
    const started = await box.tvm(['start']);
    expect(started).toMatchObject({ status: 0, stderr: 'tvm: pretending\n' });
    expect(started.stdout).toMatch(/^TVM is running \(pid \d+\)\n {2}http:\/\/127/);

    const status = await box.tvm(['status']);
    expect(status).toMatchObject({ status: 0, stderr: '' });
    expect(status.stdout).toContain(
      'fake with none, isolation emulated, up 1 min 1 s, 7 executions, 1/2 running',
    );
    expect(status.stdout).toMatch(/istio +not used.*\ntemplates: 2 ready\n$/);

    const logs = await box.tvm(['logs', '--lines', '5']);
    expect(logs).toMatchObject({ status: 0, stderr: '' });
    expect(logs.stdout).toMatch(/ INFO {2}tvm {3}starting version=/);

    expect(await box.tvm(['stop'])).toMatchObject({ status: 0, stderr: '' });
    expect(await box.tvm(['status'])).toMatchObject({ status: 3, stdout: 'TVM is not running\n' });
  }
  expect(existsSync(box.paths.daemonFile)).toBe(false);
});

test('json for scripts', async () => {
  expect(JSON.parse((await box.tvm(['status', '--json'])).stdout)).toEqual({ state: 'stopped' });
  const started = JSON.parse((await box.tvm(['start', '--json'])).stdout) as { pid: number };
  expect(started).toMatchObject({ already_running: false, addresses: [`http://127.0.0.1:${box.port}`] });
  const status: unknown = JSON.parse((await box.tvm(['status', '--json'])).stdout);
  expect(status).toMatchObject({ state: 'healthy', pid: started.pid, pools: { uptime_seconds: 61.5 } });
});

test('starting twice says so', async () => {
  await box.tvm(['start']);
  const second = await box.tvm(['start']);
  expect(second).toMatchObject({ status: 0, stderr: '' });
  expect(second.stdout).toMatch(/^TVM is already running \(pid \d+\)/);
  const third = await box.tvm(['start', '--foreground']);
  expect(third).toMatchObject({ status: 1, stdout: '' });
  expect(third.stderr).toMatch(/^tvm: TVM is already running \(pid \d+\)\nSee `tvm status`/);
});

test('of several starts at the same time, over a stale record, one wins and the others join it', async () => {
  writeRecord({ pid: process.pid, startTicks: '1', bootId: 'x' });
  const all = await Promise.all([1, 2, 3].map(async () => box.tvm(['start'], engine('slow'))));
  expect(all.map((ended) => ended.status)).toEqual([0, 0, 0]);
  expect(all.filter((ended) => ended.stdout.startsWith('TVM is running'))).toHaveLength(1);
  expect(new Set(all.map((ended) => /pid (\d+)/.exec(ended.stdout)?.[1])).size).toBe(1);
});

test('a stale record is cleared and said by start and stop, and shown by status', async () => {
  const stale = { ...identityOf(process.pid), startTicks: '1' };
  writeRecord(stale);
  expect(await box.tvm(['status'])).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('left a record'),
  });
  expect(await box.tvm(['stop'])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('removed the stale'),
  });
  expect(await box.tvm(['stop'])).toMatchObject({ status: 0, stdout: 'TVM is not running\n' });
  writeRecord(stale);
  const started = await box.tvm(['start']);
  expect(started).toMatchObject({ status: 0, stderr: expect.stringContaining('cleared a stale record') });
});

test.each([
  ['fails', 'tvm: no monitor works here\nRun `tvm doctor`'],
  ['dies', 'it wrote:\n  native boom \\u001b[31m\n'],
])('a start that %s says why and leaves nothing', async (mode, reason) => {
  const ended = await box.tvm(['start'], engine(mode));
  expect(ended).toMatchObject({ status: 1, stdout: '' });
  expect(ended.stderr).toContain(reason);
  expect(ended.stderr).not.toContain('    at ');
  const status = await box.tvm(['status']);
  expect(status.status).toBe(mode === 'dies' ? 1 : 3);
});

test('an interrupted start ends what it began', async () => {
  const start = box.begin(['start'], engine('hangs'));
  await start.said('pretending');
  const { pid } = JSON.parse(readFileSync(box.paths.daemonFile, 'utf8')) as { pid: number };
  expect(await box.tvm(['status'])).toMatchObject({ status: 4, stdout: expect.stringContaining('starting') });
  start.child.kill('SIGINT');
  expect(await start.ended).toMatchObject({ status: 130 });
  expect(identityOf(pid)).toBeUndefined();
  expect(existsSync(box.paths.daemonFile)).toBe(false);
});

test('a start whose parent is killed goes on', async () => {
  const start = box.begin(['start'], engine('slow'));
  await start.said('pretending');
  start.child.kill('SIGKILL');
  await start.ended;
  expect(await box.tvm(['start'])).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/already running/),
  });
});

test('stop kills what does not end', async () => {
  await box.tvm(['start'], engine('clings'));
  const ended = await box.tvm(['stop']);
  expect(ended).toMatchObject({ status: 0, stderr: 'tvm: it did not end within 5 s and is killed\n' });
  expect(await box.tvm(['status'])).toMatchObject({ status: 3 });
});

test('a crash is logged and ends the process with 1', async () => {
  const serving = box.begin(['start', '--foreground'], engine('crashes'));
  const ended = await serving.ended;
  expect(ended.status).toBe(1);
  expect(ended.stderr).toContain('nobody caught this');
  expect(readFileSync(logFile(box.paths.logsDir, 'tvm'), 'utf8')).toContain('crashed');
  expect(existsSync(box.paths.daemonFile)).toBe(false);
});

test('in the foreground: JSON lines on stdout, an orderly end on SIGTERM, at once on a second one', async () => {
  const serving = box.begin(['start', '--foreground']);
  await serving.said('pretending');
  while ((await box.tvm(['status'])).status !== 0);
  serving.child.kill('SIGTERM');
  const ended = await serving.ended;
  expect(ended).toMatchObject({ status: 0, stderr: '' });
  const lines = ended.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { msg: string });
  expect(lines.map((line) => line.msg)).toEqual(['starting', 'pretending', 'stopping']);

  const clinging = box.begin(['start', '--foreground'], engine('clings'));
  while ((await box.tvm(['status'])).status !== 0);
  clinging.child.kill('SIGTERM');
  await clinging.said('stopping');
  clinging.child.kill('SIGINT');
  expect(await clinging.ended).toMatchObject({ status: 130 });
});

test('SIGHUP is ignored in the background and an orderly end in the foreground', async () => {
  const { stdout } = await box.tvm(['start', '--json']);
  const { pid } = JSON.parse(stdout) as { pid: number };
  process.kill(pid, 'SIGHUP');
  expect(await box.tvm(['status'])).toMatchObject({ status: 0 });
  await box.tvm(['stop']);

  const serving = box.begin(['start', '--foreground']);
  while ((await box.tvm(['status'])).status !== 0);
  serving.child.kill('SIGHUP');
  expect(await serving.ended).toMatchObject({ status: 0, stderr: '' });
});

test('an unhealthy TVM is 4', async () => {
  await box.tvm(['start'], engine('unhealthy'));
  const status = await box.tvm(['status']);
  expect(status).toMatchObject({ status: 4, stdout: expect.stringContaining('it is only pretended') });
});

test('a busy port is named with its setting, before anything is booted', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => void other.listen(box.port, '127.0.0.1', resolve));
  const ended = await box.tvm(['start'], { real: true });
  await new Promise<void>((resolve) => void other.close(() => resolve()));
  expect(ended).toEqual({
    status: 1,
    stdout: '',
    stdoutBytes: Buffer.alloc(0),
    stderr: `tvm: port ${box.port} is in use by another program\nChoose another port with --port or TVM_PORT.\n`,
  });
});

test('a home that cannot be written is named with the variable that moves it', async () => {
  const file = join(box.home, 'file');
  writeFileSync(file, '');
  for (const [variable, place] of [
    ['XDG_STATE_HOME', file],
    ['XDG_RUNTIME_DIR', '/proc'],
    ['XDG_CACHE_HOME', '/sys'],
  ] as const) {
    const ended = await box.tvm(['start'], { real: true, environment: { [variable]: place } });
    expect(ended).toMatchObject({ status: 1, stdout: '' });
    expect(ended.stderr).toContain(`cannot write to the folder ${place}/tvm`);
    expect(ended.stderr).toContain(`Set ${variable} to a folder`);
  }
});

test.each([['start'], ['status'], ['stop'], ['logs'], ['quickstart'], ['doctor'], ['run', 'x.py']])(
  'configuration faults of tvm %s are listed, all at once, with exit code 2',
  async (...args) => {
    const environment = { TVM_PORT: '0', TVM_DRIVER: 'qemuu', TVM_TYPO: '1' };
    const ended = await box.tvm(args, { real: true, environment });
    expect(ended).toMatchObject({ status: 2, stdout: '' });
    for (const name of Object.keys(environment)) expect(ended.stderr).toContain(`\n  ${name}: `);
    expect(ended.stderr).toMatch(/^tvm: invalid configuration:\n/);
  },
);

test('a usage fault is 2', async () => {
  expect(await box.tvm(['start', '--prot', '1'], { real: true })).toEqual({
    status: 2,
    stdout: '',
    stdoutBytes: Buffer.alloc(0),
    stderr: "tvm: unknown option '--prot' (Did you mean --port?)\nSee `tvm start --help`.\n",
  });
});
