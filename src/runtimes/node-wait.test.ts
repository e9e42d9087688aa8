import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runTool } from '../sys/process.ts';
import { nodeWait, NODE_GATE } from './node-wait.ts';

const PROGRAM = `
const { Worker } = require('worker_threads');
const { performance } = require('perf_hooks');
const here = () => [process.execArgv, process._preload_modules, Object.keys(require.cache), process.env.NODE_OPTIONS];
console.log(JSON.stringify({
  here: here(),
  files: require('fs').readdirSync('.').filter((name) => name !== 'wait.cjs').sort(),
  isNow: Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 100,
  random: Math.random(),
  mark: globalThis.mark,
}));
new Worker('console.log(JSON.stringify([process._preload_modules, process.env.NODE_OPTIONS]))', { eval: true });
`;

/** What a program prints whose interpreter waited at a FIFO, of this Node.js with the seed 1. */
async function runWaiting(prelude?: string): Promise<{ seen: Record<string, unknown>; worker: unknown }> {
  const folder = await mkdtemp(join(tmpdir(), 'tvm-wait-'));
  try {
    await writeFile(join(folder, 'wait.cjs'), nodeWait(prelude));
    await runTool(['mkfifo', join(folder, NODE_GATE)]);
    const child = spawn(process.execPath, ['--random-seed=1', 'main.js'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], NODE_OPTIONS: `--require=${join(folder, 'wait.cjs')}` },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (data: string) => (output += data));
    await writeFile(join(folder, 'main.js'), PROGRAM);
    // Opens when the other side has opened it, too.
    await writeFile(join(folder, NODE_GATE), '');
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    await expect(access(join(folder, NODE_GATE))).rejects.toThrow('ENOENT');
    const [seen, worker] = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    return { seen: seen as Record<string, unknown>, worker };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('an interpreter of Node.js that waits', () => {
  it('starts its program at the gate, leaves no trace of it, and draws other numbers each time', async () => {
    const [one, other] = [await runWaiting(), await runWaiting()];
    expect(one.seen).toMatchObject({
      here: [['--random-seed=1'], [], [expect.stringMatching(/main\.js$/)], null],
      files: ['main.js'],
      isNow: true,
    });
    expect(one.worker).toEqual([[], null]);
    expect(one.seen['random']).not.toBe(other.seen['random']);
  }, 60_000);

  it('executes the prelude first, in its main thread', async () => {
    expect((await runWaiting('globalThis.mark = 7;')).seen).toMatchObject({ mark: 7 });
  }, 60_000);
});
