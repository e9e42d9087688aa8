import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { killProcessesByArgument } from './process-table.ts';

/** A process that runs until it is killed, with these arguments. */
async function start(...args: string[]): Promise<{ child: ChildProcess; end: Promise<unknown[]> }> {
  const child = spawn('sh', ['-c', 'echo ready; read line', ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const end = once(child, 'exit');
  await once(child.stdout, 'data');
  return { child, end };
}

describe('killing processes by an argument', () => {
  it('kills those with an argument that matches, and nobody else', async () => {
    const mark = `tvm-${randomUUID()}`;
    const first = await start('-name', mark);
    const second = await start('x', `${mark} and more`, 'y');
    const other = await start(`not-${mark}`);
    expect(await killProcessesByArgument((argument) => argument.startsWith(mark))).toBe(2);
    expect(await first.end).toEqual([null, 'SIGKILL']);
    expect(await second.end).toEqual([null, 'SIGKILL']);
    other.child.stdin?.end('\n');
    expect(await other.end).toEqual([0, null]);
  });

  it('sees whole arguments, not their pieces', async () => {
    const mark = `tvm-${randomUUID()}`;
    const { end } = await start('', `a ${mark} b`);
    expect(await killProcessesByArgument((argument) => argument === mark)).toBe(0);
    expect(await killProcessesByArgument((argument) => argument === `a ${mark} b`)).toBe(1);
    expect(await end).toEqual([null, 'SIGKILL']);
  });

  it('never kills the process that asks for it', async () => {
    const { title } = process;
    onTestFinished(() => {
      process.title = title;
    });
    const mark = `tvm-${randomUUID()}`;
    process.title = mark;
    expect(readFileSync('/proc/self/cmdline', 'utf8')).toContain(mark);
    expect(await killProcessesByArgument((argument) => argument === mark)).toBe(0);
  });

  it('says 0 when there is none', async () => {
    expect(await killProcessesByArgument((argument) => argument === randomUUID())).toBe(0);
  });
});
