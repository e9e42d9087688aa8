import { expect, test } from 'vitest';
import { TvmError } from '../errors.ts';
import { parseArguments } from './arguments.ts';
import { settingArguments } from './setting-options.ts';

const parse = (line: string) => parseArguments(line.split(' ').filter(Boolean));

test('what follows -- belongs to the program', () => {
  expect(parse('run x.py -- -a --stdin --version')).toMatchObject({
    command: 'run',
    file: 'x.py',
    args: ['-a', '--stdin', '--version'],
    stdin: undefined,
  });
});

test('run: its own options, the language version among them, and settings', () => {
  const line =
    'run --language python --version 3.11 --timeout-ms 9 --memory-mb 64 --cpu-count 2 --accelerator tcg --json - --stdin f';
  expect(parse(line)).toEqual({
    command: 'run',
    file: '-',
    args: [],
    language: 'python',
    version: '3.11',
    timeoutMs: 9,
    memoryMb: 64,
    cpuCount: 2,
    stdin: 'f',
    json: true,
    flags: { accelerator: 'tcg' },
  });
});

test('settings become flags and can be handed on', () => {
  const parsed = parse('start --port 9000 --second-port=off --log-level debug --foreground');
  expect(parsed).toEqual({
    command: 'start',
    foreground: true,
    background: false,
    json: false,
    flags: { port: '9000', second_port: 'off', log_level: 'debug' },
  });
  if (parsed.command !== 'start') throw new Error('not start');
  expect(settingArguments(parsed.flags)).toEqual(['--port=9000', '--second-port=off', '--log-level=debug']);
});

test('logs', () => {
  expect(parse('logs')).toEqual({
    command: 'logs',
    lines: 100,
    follow: false,
    json: false,
    component: undefined,
  });
  expect(parse('logs --component api -f -n 0')).toMatchObject({ component: 'api', follow: true, lines: 0 });
});

test('images', () => {
  const plain = { name: undefined, with: [], withNpm: [], copy: [], oci: undefined, sources: false };
  expect(parse('images build')).toEqual({ command: 'images build', runtimes: [], all: false, ...plain });
  expect(parse('images build a --name b --with c --with d --with-npm e@1.0.0 --copy f:/g --oci h/i')).toEqual(
    {
      command: 'images build',
      runtimes: ['a'],
      all: false,
      name: 'b',
      with: ['c', 'd'],
      withNpm: ['e@1.0.0'],
      copy: ['f:/g'],
      oci: 'h/i',
      sources: false,
    },
  );
  expect(parse('images list --markdown')).toEqual({ command: 'images list', json: false, markdown: true });
  expect(parse('images remove a b')).toEqual({ command: 'images remove', runtimes: ['a', 'b'] });
});

test('kernel', () => {
  expect(parse('kernel build --force')).toEqual({ command: 'kernel build', force: true });
  expect(parse('kernel status --json')).toEqual({ command: 'kernel status', json: true });
  expect(parse('kernel remove')).toEqual({ command: 'kernel remove' });
});

test('keys', () => {
  expect(parse('keys add ci')).toEqual({ command: 'keys add', name: 'ci' });
  expect(parse('keys list --json')).toEqual({ command: 'keys list', json: true });
  expect(parse('keys revoke ci')).toEqual({ command: 'keys revoke', name: 'ci' });
});

test('bench measures everything, or what is named', () => {
  expect(parse('bench')).toEqual({ command: 'bench', rounds: 10, runtimes: [], json: false });
  expect(parse('bench --rounds 3 --runtime python javascript@20 --idle 60 --report r.json --json')).toEqual({
    command: 'bench',
    rounds: 3,
    runtimes: ['python', 'javascript@20'],
    idleSeconds: 60,
    report: 'r.json',
    json: true,
  });
});

test.each([
  ['--help', 0, 'Examples:'],
  ['--version', 0, '0.'],
  ['run --help', 0, '--cpu-count'],
  ['', 2, 'Usage:'],
  ['images', 2, 'Usage:'],
])('help: tvm %s', (line, exitCode, text) => {
  const parsed = parse(line);
  expect(parsed).toMatchObject({ command: 'none', exitCode });
  expect(parsed.command === 'none' && parsed.text).toContain(text);
});

test.each([
  ['bogus', "unknown command 'bogus'", 'tvm --help'],
  ['start --prot 1', "unknown option '--prot' (Did you mean --port?)", 'tvm start --help'],
  ['run', "missing required argument 'file'", 'tvm run --help'],
  ['run x.py -a', "unknown option '-a'", 'tvm run --help'],
  ['run x.py --timeout-ms 0', 'whole number of at least 1', 'tvm run --help'],
  ['logs --lines -1', 'whole number', 'tvm logs --help'],
  ['logs --component web', 'Allowed choices are api, lima, k8s, istio, tvm', 'tvm logs --help'],
  ['status now', 'too many arguments', 'tvm status --help'],
  ['images remove', "missing required argument 'runtime'", 'tvm images --help'],
])('usage: tvm %s', (line, message, remedy) => {
  let error: unknown;
  try {
    parse(line);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(TvmError);
  expect(error).toMatchObject({ code: 'invalid_request' });
  expect((error as TvmError).message).toContain(message);
  expect((error as TvmError).message).not.toMatch(/^error|\n/);
  expect((error as TvmError).context['remedy']).toContain(remedy);
});
