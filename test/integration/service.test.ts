import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processesWithArgument } from '../support/processes.ts';
import { eventually } from '../support/real-host.ts';
import { makeRealTvm } from '../support/real-tvm.ts';
import type { RealTvm } from '../support/real-tvm.ts';

let tvm: RealTvm;

beforeEach(async () => {
  tvm = await makeRealTvm();
});

afterEach(async () => {
  await tvm[Symbol.asyncDispose]();
});

async function post(path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${tvm.urls[0]}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function pid(): Promise<number> {
  return (JSON.parse(await readFile(tvm.sandbox.paths.daemonFile, 'utf8')) as { pid: number }).pid;
}

async function activeVms(): Promise<number> {
  const reply = await fetch(`${tvm.urls[0]}/debug/vm-pools`);
  return ((await reply.json()) as { data: { active_vms: unknown[] } }).data.active_vms.length;
}

describe('the service', () => {
  it('starts, tells its status, shows its logs and stops, twice in a row', async () => {
    for (let round = 0; round < 2; round += 1) {
      expect(await tvm.run(['start'])).toMatchObject({
        status: 0,
        stdout: expect.stringContaining(tvm.urls[0]),
      });
      expect(await tvm.run(['status'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/api/) });
      expect(await tvm.run(['logs', '--lines', '5'])).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/started/),
      });
      // It says so when it has to kill.
      expect(await tvm.run(['stop'])).toMatchObject({ status: 0, stderr: '' });
      expect(await tvm.run(['status'])).toMatchObject({ status: 3 });
    }
    expect(await readdir(tvm.sandbox.paths.instancesDir)).toEqual([]);
  });

  it('runs a file with its stdin and exit code, through the service and without one', async () => {
    const file = join(tvm.sandbox.home, 'x.py');
    await writeFile(file, 'import sys\nprint(sys.stdin.read()[::-1])\nsys.exit(3)');
    const direct = await tvm.run(['run', file, '--stdin', '-'], { input: 'abc\n' });
    expect(direct).toMatchObject({ status: 3, stdout: '\ncba\n', stderr: '' });
    await tvm.run(['start']);
    const served = await tvm.run(['run', file, '--stdin', '-'], { input: 'abc\n' });
    expect(served).toMatchObject({ status: 3, stdout: '\ncba\n', stderr: '' });
  });

  it('answers a time-out with 408, the output so far, and no VM left', async () => {
    await tvm.run(['start']);
    const reply = await post('/api/execute', {
      code: 'import time; time.sleep(60)',
      language: 'python',
      timeout_ms: 1000,
    });
    expect(reply.status).toBe(408);
    expect(reply.body).toMatchObject({ exit_code: 137, status: 'timeout', signal: 'SIGKILL' });
    expect(reply.body['detail']).toEqual(expect.stringContaining('1000 ms'));
    expect(reply.body['execution_time_ms']).toBeGreaterThanOrEqual(1000);
    expect(reply.body['execution_time_ms']).toBeLessThan(2000);
    expect(processesWithArgument(String(reply.body['request_id']))).toEqual([]);
    // Long enough for an interpreter to start on a loaded machine.
    const partial = await post('/api/execute', {
      code: 'print("so far", flush=True)\nwhile True: pass',
      language: 'python',
      timeout_ms: 6000,
    });
    expect(partial).toMatchObject({ status: 408, body: { stdout: 'so far\n', status: 'timeout' } });
    const old = await post('/execute', { code: 'while True: pass', language: 'python', timeout: 0.5 });
    expect(old).toMatchObject({
      status: 200,
      body: { success: false, output: '', error: expect.stringContaining('timed out') },
    });
  });

  it('takes its VMs with it when it is killed, and its successor sweeps its folder', async () => {
    await tvm.run(['start']);
    const [instance] = await readdir(tvm.sandbox.paths.instancesDir);
    const running = post('/api/execute', {
      code: 'import time; time.sleep(60)',
      language: 'python',
      timeout_ms: 50_000,
    });
    const lost = running.then(
      () => 'answered',
      () => 'lost',
    );
    await eventually(() => processesWithArgument(`tvm-${instance}-`).length > 0, 'a VM process appears');
    process.kill(await pid(), 'SIGKILL');
    expect(await lost).toBe('lost');
    await eventually(() => processesWithArgument(`tvm-${instance}-`).length === 0, 'the VM is gone', 2000);

    expect(await readdir(tvm.sandbox.paths.instancesDir)).toEqual([instance]);
    expect(await tvm.run(['status'])).toMatchObject({ status: 1 });
    expect(await tvm.run(['start'])).toMatchObject({ status: 0 });
    const instances = await readdir(tvm.sandbox.paths.instancesDir);
    expect(instances).toHaveLength(1);
    expect(instances).not.toContain(instance);
  });

  it('lets running executions end on SIGTERM within the grace period', async () => {
    await writeFile(join(tvm.sandbox.home, 'wait.py'), 'import time; time.sleep(1); print("done")');
    const foreground = tvm.sandbox.begin(['start', '--foreground'], {
      real: true,
      environment: {
        XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(process.env['HOME'] ?? '', '.cache'),
        TVM_SHUTDOWN_GRACE_MS: '30000',
      },
    });
    await foreground.said('"started"');
    const running = post('/api/execute', {
      code: 'import time; time.sleep(1); print("done")',
      language: 'python',
    });
    await eventually(async () => (await activeVms()) > 0, 'an execution has its VM');
    foreground.child.kill('SIGTERM');
    expect(await running).toMatchObject({ status: 200, body: { stdout: 'done\n' } });
    expect(await foreground.ended).toMatchObject({ status: 0 });
    expect(await readdir(tvm.sandbox.paths.instancesDir)).toEqual([]);
  });

  it('writes no source and no output into its logs', async () => {
    await tvm.run(['start']);
    await post('/api/execute', {
      code: 'import sys; print("SECRET" + "OUT"); sys.exit(len(sys.argv))  # SECRETCODE',
      language: 'python',
      stdin: 'SECRETIN',
      args: ['SECRETARG'],
    });
    await tvm.run(['stop']);
    for (const name of await readdir(tvm.sandbox.paths.logsDir)) {
      const text = await readFile(join(tvm.sandbox.paths.logsDir, name), 'utf8');
      expect(text).not.toContain('SECRET');
      for (const line of text.split('\n').filter(Boolean))
        expect(() => JSON.parse(line) as unknown).not.toThrow();
    }
    const shown = await tvm.run(['logs', '--json']);
    expect(shown.stdout).toMatch(/"request_id":"[0-9a-f-]{36}"/);
  });
});
