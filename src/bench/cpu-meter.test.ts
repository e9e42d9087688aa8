import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { busySeconds, openCpuMeter } from './cpu-meter.ts';

const BURNT_SECONDS = 0.3;

/** Burns processor time, says so, and stays. */
const BURNER = `
  while (process.cpuUsage().user + process.cpuUsage().system < ${BURNT_SECONDS * 1e6}) {}
  console.log('burnt');
  setInterval(() => {}, 1000);`;

describe('the meter of processor time', () => {
  it('counts what a process used whose parent was killed before it', async () => {
    using meter = openCpuMeter();
    const before = meter.seconds();
    const script = '"$@" & echo $!; wait';
    const child = spawn('sh', ['-c', script, 'sh', process.execPath, '-e', BURNER], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      said += chunk.toString();
      if (said.includes('burnt')) break;
    }
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    process.kill(Number.parseInt(said, 10), 'SIGKILL');
    // Of the last hundredth the host's own counter may not know yet.
    expect(meter.seconds() - before).toBeGreaterThan(BURNT_SECONDS * 0.9);
  });

  it('leaves no control group behind', () => {
    const groups = readFileSync('/proc/self/cgroup', 'utf8');
    openCpuMeter()[Symbol.dispose]();
    expect(readFileSync('/proc/self/cgroup', 'utf8')).toBe(groups);
  });
});

describe('the busy time of a host', () => {
  it('is that of programs, kernel and interrupts, without idle, waiting and stolen time', () => {
    expect(busySeconds('cpu  100 20 300 9000 800 7 40 5000 1 1\ncpu0 1 1 1 1\n')).toBe(4.67);
  });
});
