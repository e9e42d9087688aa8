import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LineSink } from './line-sink.ts';
import { openLogs } from './log.ts';

/** Streams that fail while `full`, a clock, and what arrived; `halves` lets the first bytes of a failing line through. */
function fakeDisk() {
  const disk = { full: false, now: 0, opened: 0, written: '' };
  const open = (): Writable => {
    disk.opened += 1;
    return new Writable({
      decodeStrings: false,
      write(chunk: string, _encoding, done) {
        if (disk.full) disk.written += chunk.slice(0, 2);
        else disk.written += chunk;
        done(disk.full ? Object.assign(new Error('no space'), { code: 'ENOSPC' }) : null);
      },
    });
  };
  return { disk, open, sink: new LineSink(open, () => disk.now) };
}

const settled = async (): Promise<void> => sleep(5);

describe('a line sink', () => {
  it('comes back on a new line when there is space again, at most one attempt a second', async () => {
    const { disk, sink } = fakeDisk();
    sink.write('one\n');
    disk.full = true;
    sink.write('two\n');
    await settled();
    disk.full = false;
    disk.now = 999;
    sink.write('three\n');
    expect(disk.opened).toBe(1);
    disk.now = 1000;
    sink.write('four\n');
    sink.write('five\n');
    await sink.close();
    expect(disk.opened).toBe(2);
    expect(disk.written).toBe('one\ntw\nfour\nfive\n');
  });

  it('tries again after each fault and survives lines meanwhile', async () => {
    const { disk, sink } = fakeDisk();
    disk.full = true;
    for (disk.now = 0; disk.now < 5000; disk.now += 100) {
      sink.write('lost\n');
      await settled();
    }
    expect(disk.opened).toBe(5);
    disk.full = false;
    disk.now += 1000;
    sink.write('back\n');
    await sink.close();
    expect(disk.written).toMatch(/\nback\n$/);
  });

  it('never throws, even if a stream cannot be opened', async () => {
    let now = 0;
    let opened = 0;
    const sink = new LineSink(
      () => {
        opened += 1;
        throw new Error('no');
      },
      () => now,
    );
    sink.write('a\n');
    now = 2000;
    sink.write('b\n');
    expect(opened).toBe(2);
    await sink.close();
    sink.write('c\n');
    expect(opened).toBe(2);
  });

  it('closes although its stream fails in that moment', async () => {
    const { disk, sink } = fakeDisk();
    disk.full = true;
    sink.write('a\n');
    await sink.close();
    sink.write('b\n');
    expect(disk.opened).toBe(1);
  });
});

/** A folder with 64 KiB of space, or why there is none. */
async function smallDisk(): Promise<{ folder: string; reason?: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'tvm-log-'));
  const { status, stderr, error } = spawnSync(
    'mount',
    ['-t', 'tmpfs', '-o', 'size=64k', 'tvm-test', folder],
    {
      encoding: 'utf8',
    },
  );
  const reason = status === 0 ? {} : { reason: error?.message ?? stderr.trim() };
  return {
    folder,
    ...reason,
    async [Symbol.asyncDispose]() {
      if (status === 0) spawnSync('umount', ['-l', folder]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

describe('the log files', () => {
  it('go on after a full disk', async ({ skip }) => {
    await using disk = await smallDisk();
    if (disk.reason !== undefined) {
      console.log(`skipped: no small file system: ${disk.reason}`);
      skip(disk.reason);
    }
    const { folder } = disk;
    await using logs = openLogs({ level: 'info', directory: join(folder, 'logs') });
    const logger = logs.component('tvm');
    const file = join(folder, 'logs', 'tvm.log');
    const fill = join(folder, 'fill');
    logger.info('first');
    await expect.poll(() => readFileSync(file, 'utf8')).toContain('first');
    expect(() => writeFileSync(fill, Buffer.alloc(100_000))).toThrow('ENOSPC');
    for (let i = 0; i < 200; i += 1) logger.info({ filler: 'x'.repeat(300) }, 'lost');
    await sleep(200);
    rmSync(fill);
    await sleep(1100);
    logger.info('back');
    logger.info('last');
    await expect.poll(() => readFileSync(file, 'utf8')).toContain('last');
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    expect(lines.at(-2)).toMatch(/^\{.*"msg":"back"\}$/);
    expect(lines.filter((line) => !line.endsWith('}')).length).toBeLessThanOrEqual(1);
  });
});
