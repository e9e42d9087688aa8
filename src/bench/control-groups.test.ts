import { describe, expect, it } from 'vitest';
import { findControlGroups } from './control-groups.ts';

const V2_MOUNT = '31 23 0:28 / /sys/fs/cgroup rw,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate';
const V1_MOUNTS = [
  '31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755',
  '32 31 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
  '33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
].join('\n');

describe('the control groups of a process', () => {
  it('are found where only version 2 is mounted', () => {
    expect(findControlGroups('0::/user.slice/session-2.scope\n', V2_MOUNT)).toEqual([
      { folder: '/sys/fs/cgroup/user.slice/session-2.scope', version: 2 },
    ]);
  });

  it('are those of version 1 that count processor time, beside version 2 where both are mounted', () => {
    const mounts = `${V1_MOUNTS}\n34 31 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n`;
    expect(findControlGroups('4:memory:/a\n3:cpu,cpuacct:/b\n1:name=systemd:/\n0::/\n', mounts)).toEqual([
      { folder: '/sys/fs/cgroup/cpu,cpuacct/b', version: 1 },
      { folder: '/sys/fs/cgroup/unified', version: 2 },
    ]);
  });

  it('lie below what is mounted, and none is found that is out of view', () => {
    const mount = '31 23 0:28 /docker/1 /sys/fs/cgroup ro - cgroup2 cgroup2 rw';
    expect(findControlGroups('0::/docker/1/x', mount)).toEqual([{ folder: '/sys/fs/cgroup/x', version: 2 }]);
    expect(findControlGroups('0::/docker/2', mount)).toEqual([]);
    expect(findControlGroups('0::/../..', V2_MOUNT)).toEqual([]);
    expect(findControlGroups('2:cpuacct:/', V2_MOUNT)).toEqual([]);
    expect(findControlGroups('', '')).toEqual([]);
  });
});
