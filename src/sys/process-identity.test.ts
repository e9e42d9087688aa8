import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { identityOf, isAlive } from './process-identity.ts';

/** A process that ends when its stdin does. */
async function start(program = 'cat') {
  const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child;
}

describe('the identity of a process', () => {
  it('stays the same as long as it lives', () => {
    const identity = identityOf(process.pid);
    expect(identity).toEqual(identityOf(process.pid));
    expect(identity?.pid).toBe(process.pid);
    expect(identity?.startTicks).toMatch(/^\d+$/);
    expect(identity?.bootId).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
    expect(identity && isAlive(identity)).toBe(true);
  });

  it('is gone with the process', async () => {
    const child = await start();
    const identity = identityOf(child.pid ?? 0);
    expect(identity && isAlive(identity)).toBe(true);
    child.stdin.end();
    await once(child, 'exit');
    expect(identityOf(child.pid ?? 0)).toBeUndefined();
    expect(identity && isAlive(identity)).toBe(false);
  });

  it('is read rightly from a program whose name holds brackets and blanks', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tvm-identity-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const program = join(folder, 'a) Z 1 (b');
    copyFileSync('/usr/bin/cat', program);
    const child = await start(program);
    const plain = await start();
    // Both started just now, in ticks of 10 ms; a shifted field would be far from it.
    const [odd, usual] = [identityOf(child.pid ?? 0), identityOf(plain.pid ?? 0)];
    const stat = readFileSync(`/proc/${child.pid}/stat`, 'latin1');
    expect(stat).toContain('(a) Z 1 (b)');
    expect(odd?.startTicks).toBe(stat.split(') ').at(-1)?.split(' ')[19]);
    expect(Number(usual?.startTicks)).toBeGreaterThanOrEqual(Number(odd?.startTicks));
  });

  it.each([
    ['another start', { startTicks: '1' }],
    ['another boot', { bootId: 'another' }],
  ])('is not that of a process with the same pid and %s', (_what, different) => {
    const identity = identityOf(process.pid);
    if (!identity) throw new Error('no identity');
    expect(isAlive({ ...identity, ...different })).toBe(false);
  });

  it('of a zombie is none', async () => {
    // The shell does not wait for its child until it is told to, by the end of stdin.
    const shell = spawn('sh', ['-c', 'sh -c "exec 1>&-; echo \\$\\$ >&3; exit" & read line'], {
      stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
    });
    onTestFinished(() => void shell.kill('SIGKILL'));
    const channel = shell.stdio[3] as NodeJS.ReadableStream;
    const [said] = (await once(channel, 'data')) as [Buffer];
    const pid = Number(said.toString());
    const state = (): string | undefined =>
      readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[0];
    await expect.poll(state).toBe('Z');
    expect(identityOf(pid)).toBeUndefined();
    shell.stdin?.end('\n');
    await once(shell, 'exit');
  });
});
