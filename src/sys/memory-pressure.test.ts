import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { readMemoryRoom } from './memory-pressure.ts';

const MIB = 1024 * 1024;
const HOST = 'MemTotal:        8192000 kB\nMemFree:          100000 kB\nMemAvailable:    4096000 kB\n';

/** The room that these files show; each is text or a number of MiB. */
function room(files: Readonly<Record<string, string | number>>) {
  return readMemoryRoom((path) => {
    const content = { '/proc/meminfo': HOST, ...files }[path];
    return typeof content === 'number' ? `${content * MIB}\n` : content;
  });
}

describe('the memory that may still be used', () => {
  it('is the host’s where no group limits it', () => {
    const host = { totalMb: 8000, availableMb: 4000 };
    expect(room({})).toEqual(host);
    expect(room({ '/proc/self/cgroup': '0::/\n' })).toEqual(host);
    expect(
      room({
        '/proc/self/cgroup': '0::/user.slice\n',
        '/sys/fs/cgroup/user.slice/memory.max': 'max\n',
        '/sys/fs/cgroup/user.slice/memory.high': 'max\n',
        '/sys/fs/cgroup/user.slice/memory.current': 5000,
      }),
    ).toEqual(host);
    expect(
      room({
        '/proc/self/cgroup': '4:memory:/x\n',
        '/sys/fs/cgroup/memory/x/memory.limit_in_bytes': '9223372036854771712\n',
        '/sys/fs/cgroup/memory/x/memory.usage_in_bytes': 100,
      }),
    ).toEqual(host);
  });

  it('is what a group of generation 2 leaves; its page cache can be given back', () => {
    const files = {
      '/proc/self/cgroup': '0::/tvm\n',
      '/sys/fs/cgroup/tvm/memory.max': 1000,
      '/sys/fs/cgroup/tvm/memory.high': 'max\n',
      '/sys/fs/cgroup/tvm/memory.current': 700,
    };
    expect(room(files)).toEqual({ totalMb: 1000, availableMb: 300 });
    const stat = `anon 1\ninactive_file_x 1\ninactive_file ${200 * MIB}\nactive_file 5\n`;
    expect(room({ ...files, '/sys/fs/cgroup/tvm/memory.stat': stat }).availableMb).toBe(500);
    expect(room({ ...files, '/sys/fs/cgroup/tvm/memory.high': 800 })).toEqual({
      totalMb: 800,
      availableMb: 100,
    });
  });

  it('is what a group of generation 1 leaves, beside an empty generation 2', () => {
    const files = {
      '/proc/self/cgroup': '9:name=systemd:/\n4:cpu,memory:/a/b\n0::/\n',
      '/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes': 500,
      '/sys/fs/cgroup/memory/a/b/memory.usage_in_bytes': 400,
      '/sys/fs/cgroup/memory/a/b/memory.stat': `inactive_file 7\ntotal_inactive_file ${50 * MIB}\n`,
    };
    expect(room(files)).toEqual({ totalMb: 500, availableMb: 150 });
  });

  it('is the least that any group around this process leaves', () => {
    const group = (folder: string, limit: number, usage: number) => ({
      [`/sys/fs/cgroup${folder}/memory.max`]: limit,
      [`/sys/fs/cgroup${folder}/memory.current`]: usage,
    });
    expect(
      room({
        '/proc/self/cgroup': '0::/a/b\n',
        ...group('', 3000, 2990),
        ...group('/a', 2000, 100),
        ...group('/a/b', 1500, 500),
      }),
    ).toEqual({ totalMb: 1500, availableMb: 10 });
  });

  it('is that of the mount’s root when the path is another namespace’s', () => {
    const files = {
      '/proc/self/cgroup': '4:memory:/docker/0123\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': 256,
      '/sys/fs/cgroup/memory/memory.usage_in_bytes': 56,
    };
    expect(room(files)).toEqual({ totalMb: 256, availableMb: 200 });
  });

  it('is never negative, and there even where the kernel says nothing', () => {
    const files = {
      '/proc/self/cgroup': '0::/a\n',
      '/sys/fs/cgroup/a/memory.max': 100,
      '/sys/fs/cgroup/a/memory.current': 130,
    };
    expect(room(files).availableMb).toBe(0);
    expect(readMemoryRoom(() => undefined).totalMb).toBe(totalmem() / MIB);
    expect(room({ '/proc/self/cgroup': 'nonsense\n::\n' }).totalMb).toBe(8000);
  });

  it('is more than nothing here and now', () => {
    const { totalMb, availableMb } = readMemoryRoom();
    expect(availableMb).toBeGreaterThan(0);
    expect(availableMb).toBeLessThanOrEqual(totalMb);
  });
});
