import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { memoryOfVm, parseRollup } from './memory.ts';

const ROLLUP = `55d0c0000000-7ffd00000000 ---p 00000000 00:00 0   [rollup]
Rss:              100000 kB
Pss:               40000 kB
Pss_Dirty:         30000 kB
Pss_Anon:          20000 kB
Shared_Clean:      50000 kB
Shared_Dirty:          0 kB
Private_Clean:      1000 kB
Private_Dirty:     30000 kB
`;

describe('memory of a process', () => {
  it('is its proportional set size, and the pages that nobody else has', () => {
    expect(parseRollup(ROLLUP)).toEqual({ pss: 40_000 * 1024, own: 31_000 * 1024 });
  });

  it.each(['', ROLLUP.replace(/^Pss:.*\n/m, ''), ROLLUP.replace(/^Private_Dirty:.*\n/m, '')])(
    'is unknown when a field is missing',
    (rollup) => expect(parseRollup(rollup)).toBeUndefined(),
  );
});

describe('memory of a VM', () => {
  it('is that of all processes with its name among their arguments', async () => {
    const id = randomUUID();
    const start = async (): Promise<void> => {
      const child = spawn('sh', ['-c', 'echo ready; read line', 'sh', `tvm-${id}`]);
      onTestFinished(() => void child.kill('SIGKILL'));
      await once(child.stdout, 'data');
    };
    await start();
    const one = await memoryOfVm(id);
    await start();
    const two = await memoryOfVm(id);
    expect(one?.pss).toBeGreaterThan(0);
    expect(two?.pss).toBeGreaterThan(one?.pss ?? Infinity);
  });

  it('is unknown when there is none', async () => {
    expect(await memoryOfVm(randomUUID())).toBeUndefined();
  });
});
