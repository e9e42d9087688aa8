import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeSandbox } from './fixtures/sandbox.ts';
import type { Sandbox } from './fixtures/sandbox.ts';

// The fake engine reads the program as JSON that says what it prints; else it prints the request.

let box: Sandbox;
beforeEach(async () => {
  box = await makeSandbox();
});
afterEach(async () => box[Symbol.asyncDispose]());

function program(name: string, facts: object | string): string {
  const path = join(box.home, name);
  writeFileSync(path, typeof facts === 'string' ? facts : JSON.stringify(facts));
  return path;
}

const OUT = Buffer.from([0x00, 0xff, 0xfe, 0x0a, 0x1b, 0x5b]);
const ERR = Buffer.from('warn\r\nno newline');
const PRINTS = { stdout: OUT.toString('base64'), stderr: ERR.toString('base64'), exit_code: 3 };

test.each([['through the TVM that runs'], ['in this process']])(
  'bytes and exit code are exact, %s',
  async (how) => {
    if (how !== 'in this process') await box.tvm(['start']);
    const ended = await box.tvm(['run', program('x.py', PRINTS)]);
    expect(ended.status).toBe(3);
    expect(ended.stdoutBytes.equals(OUT)).toBe(true);
    expect(ended.stderr).toBe(ERR.toString());

    const slow = program('slow.py', { ...PRINTS, status: 'timeout', exit_code: 137 });
    const timeout = await box.tvm(['run', slow]);
    expect(timeout).toMatchObject({ status: 124, stderr: expect.stringMatching(/newlinetvm: .*time limit/) });
    expect(timeout.stdoutBytes.equals(OUT)).toBe(true);

    const json = await box.tvm(['run', '--json', program('y.js', { stdout: 'aGkK', exit_code: 9 })]);
    expect(json.status).toBe(9);
    expect(JSON.parse(json.stdout)).toMatchObject({ stdout: 'hi\n', exit_code: 9, language: 'javascript' });
  },
);

test.each([['through the TVM that runs'], ['in this process']])(
  'the whole request arrives, %s',
  async (how) => {
    const here = how === 'in this process';
    if (!here) await box.tvm(['start']);
    const options = ['--version', '3.11', '--timeout-ms', '900', '--memory-mb', '64', '--cpu-count', '2'];
    const args = ['run', program('x.py', {}), ...options, '--stdin', '-', '--', '-a', '--stdin'];
    const ended = await box.tvm(args, { input: 'abc\n' });
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    const limits = here
      ? { limits: { timeoutMs: 900, memoryMb: 64, cpuCount: 2 }, languageVersion: '3.11' }
      : { timeout_ms: 900, memory_mb: 64, cpu_count: 2, language_version: '3.11' };
    const request: unknown = JSON.parse(ended.stdout);
    expect(request).toMatchObject({ language: 'python', stdin: 'abc\n', args: ['-a', '--stdin'], ...limits });
  },
);

test('a program from standard input; without --stdin its input is empty', async () => {
  const ended = await box.tvm(['run', '-', '--language', 'js'], { input: '{}' });
  expect(ended).toMatchObject({ status: 0, stderr: '' });
  const request = JSON.parse(ended.stdout) as object;
  expect(request).toMatchObject({ language: 'javascript', code: '{}' });
  expect(request).not.toHaveProperty('stdin');
});

test('what cannot be a request is refused with 2', async () => {
  const ok = program('x.py', {});
  const big = program('big', 'x'.repeat(1_000_001));
  const cases: [string[], string][] = [
    [['run', join(box.home, 'none.py')], 'code: cannot read'],
    [['run', box.home, '--language', 'python'], 'illegal operation on a directory'],
    [['run', program('x.unknown', '')], 'Name it with --language'],
    [['run', '-'], 'the language of standard input is unknown'],
    [['run', '-', '--language', 'python', '--stdin', '-'], 'cannot be both'],
    [['run', ok, '--stdin', big], `stdin: ${big} is longer than 1,000,000 bytes`],
    [['run', big, '--language', 'python'], `code: ${big} is longer than 1,000,000 bytes`],
    [['run', '/dev/zero', '--language', 'python'], 'longer than 1,000,000 bytes'],
    [['run', program('empty.py', '')], 'code: '],
    [['run', program('nul.py', 'a\0')], 'NUL'],
    [['run', ok, '--language', 'cobol'], 'unknown language'],
  ];
  for (const [args, message] of cases) {
    const ended = await box.tvm(args);
    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toContain(message);
  }
  writeFileSync(join(box.home, 'latin.py'), Buffer.from([0xe4]));
  expect(await box.tvm(['run', join(box.home, 'latin.py')])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('not valid UTF-8'),
  });
});

test("a failure of TVM's own is 125", async () => {
  const environment = { FAKE_ENGINE: 'fails' };
  const here = await box.tvm(['run', program('x.py', {})], { environment });
  expect(here).toMatchObject({
    status: 125,
    stdout: '',
    stderr: expect.stringContaining('no monitor works here\n'),
  });
  await box.tvm(['start']);
  const there = await box.tvm(['run', program('x.py', 'refused')]);
  expect(there).toMatchObject({ status: 125, stderr: expect.stringContaining('tvm: no python today\n') });
});

test('an interrupt ends the wait', async () => {
  const running = box.begin(['run', program('x.py', {})], { environment: { FAKE_ENGINE: 'hangs' } });
  setTimeout(() => running.child.kill('SIGINT'), 1000);
  expect(await running.ended).toMatchObject({ status: 130, stdout: '', stderr: '' });
});
