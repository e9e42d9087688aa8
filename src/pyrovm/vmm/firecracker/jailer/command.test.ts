import { describe, expect, it } from 'vitest';
import { parseJailerArguments } from '../../../../../test/doubles/jailer-arguments.ts';
import { jailerCommand } from './command.ts';
import type { JailerCommandOptions } from './command.ts';

const MIB = 1024 * 1024;

const OPTIONS: JailerCommandOptions = {
  jailer: '/opt/jailer',
  program: '/opt/firecracker',
  cell: { name: 'tvm-a', files: {}, writableFiles: {}, memoryMb: 240 },
  uid: 20_001,
  baseFolder: '/run/a b',
  mounts: [{ source: '/cache/kernel', target: '/run/a b/kernel', writable: false }],
  controlGroups: undefined,
  parentGroup: 'tvm-0',
};

function jailerArguments(options: Partial<JailerCommandOptions> = {}) {
  const argv = jailerCommand({ ...OPTIONS, ...options }, ['--api-sock', 'api.sock']);
  return parseJailerArguments(argv.slice(argv.indexOf('/opt/jailer') + 1));
}

describe('the command line of the jailer', () => {
  it('is one that the jailer takes', () => {
    expect(jailerArguments()).toEqual({
      values: {
        id: ['tvm-a'],
        'exec-file': ['/opt/firecracker'],
        uid: ['20001'],
        gid: ['20001'],
        'chroot-base-dir': ['/run/a b'],
        'resource-limit': [`fsize=${MIB}`, 'no-file=1024'],
      },
      extra: ['--api-sock', 'api.sock'],
    });
  });

  it('keeps this process its parent', () => {
    const argv = jailerCommand(OPTIONS, []);
    expect(argv).not.toContain('--daemonize');
    expect(argv).not.toContain('--new-pid-ns');
  });

  it('shows files read-only unless they are to be written', () => {
    const mounts = [
      ...OPTIONS.mounts,
      { source: '/cache/memory', target: '/run/a b/memory', writable: true },
    ];
    const argv = jailerCommand({ ...OPTIONS, mounts }, []);
    expect(argv[argv.indexOf('/cache/kernel') - 1]).toMatch(/^ro,/);
    expect(argv[argv.indexOf('/cache/memory') - 1]).toMatch(/^rw,/);
  });

  it.each([
    [1, 'memory.limit_in_bytes'],
    [2, 'memory.max'],
  ] as const)('bounds memory and threads by control groups of version %i', (version, file) => {
    expect(jailerArguments({ controlGroups: { version } }).values).toMatchObject({
      'cgroup-version': [String(version)],
      'parent-cgroup': ['tvm-0'],
      cgroup: [`${file}=${304 * MIB}`, 'pids.max=64'],
    });
  });

  it('lets a template write its snapshot, and nothing else more than small files', () => {
    const cell = { ...OPTIONS.cell, writableFiles: { memory: '/cache/memory' } };
    expect(jailerArguments({ cell }).values['resource-limit']?.[0]).toBe(`fsize=${256 * MIB}`);
  });
});

describe('the double of the jailer', () => {
  const good = ['--id', 'a', '--exec-file', '/x', '--uid', '1', '--gid', '1'];
  it.each([
    ['an option that it does not have', [...good, '--extra-args', 'x']],
    ['one given twice', [...good, '--id', 'b']],
    ['one without its value', [...good, '--netns']],
    ['none that is required', good.slice(2)],
    ['an id that it does not take', ['--id', 'a_b', ...good.slice(2)]],
    ['a control group without a value', [...good, '--cgroup', 'memory.max=']],
    ['a limit that it does not know', [...good, '--resource-limit', 'core=0']],
    ['a parent group outside', [...good, '--parent-cgroup', '../a']],
  ])('refuses %s', (_what, argv) => {
    expect(() => parseJailerArguments(argv)).toThrow();
  });
});
