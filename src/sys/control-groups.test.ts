import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findControlGroups, removeControlGroups } from './control-groups.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-groups-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Mounted {
  readonly name: string;
  readonly type: 'cgroup' | 'cgroup2' | 'tmpfs';
  readonly options: string;
  readonly controllers?: string;
}

/** The list of mounts of a host with these. */
function mounts(...mounted: Mounted[]): string {
  const lines = mounted.map(({ name, type, options, controllers }) => {
    mkdirSync(join(folder, name));
    if (controllers !== undefined)
      writeFileSync(join(folder, name, 'cgroup.controllers'), `${controllers}\n`);
    return `${type} ${join(folder, name)} ${type} ${options} 0 0\n`;
  });
  const file = join(folder, 'mounts');
  writeFileSync(file, lines.join(''));
  return file;
}

const V1: Mounted[] = ['memory', 'pids'].map((name) => ({ name, type: 'cgroup', options: `rw,${name}` }));
const unified = (controllers: string, options = 'rw'): Mounted => ({
  ...{ name: 'unified', type: 'cgroup2', options, controllers },
});

describe('findControlGroups', () => {
  it.each([
    ['version 2', [unified('cpu memory pids')], { version: 2 }],
    ['version 2 before 1', [...V1, unified('memory pids')], { version: 2 }],
    ['version 1 where 2 has no controllers', [...V1, unified('hugetlb')], { version: 1 }],
    ['version 1 where 2 is read-only', [...V1, unified('memory pids', 'ro')], { version: 1 }],
    ['none where one controller is missing', V1.slice(0, 1), undefined],
    ['none where nothing is mounted', [{ name: 'x', type: 'tmpfs', options: 'rw' } as const], undefined],
  ])('finds %s', async (_what, mounted, found) => {
    expect(await findControlGroups(mounts(...mounted))).toEqual(found);
  });

  it('finds none without a list of mounts', async () => {
    expect(await findControlGroups(join(folder, 'absent'))).toBeUndefined();
  });
});

it('removeControlGroups removes a group and those in it, in each hierarchy, and no other', async () => {
  const file = mounts(...V1);
  for (const { name } of V1) {
    mkdirSync(join(folder, name, 'tvm-a', 'vm-1'), { recursive: true });
    mkdirSync(join(folder, name, 'tvm-b', 'vm-2'), { recursive: true });
  }
  await removeControlGroups('tvm-a', file);
  for (const { name } of V1) {
    expect(existsSync(join(folder, name, 'tvm-a'))).toBe(false);
    expect(existsSync(join(folder, name, 'tvm-b', 'vm-2'))).toBe(true);
  }
  await removeControlGroups('tvm-a', file);
});
