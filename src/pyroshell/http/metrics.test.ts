import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeDriver } from '../../../test/doubles/fake-driver.ts';
import { installFakeImage } from '../../../test/doubles/fake-image.ts';
import { gateway } from '../../../test/doubles/gateway.ts';
import { parseExposition } from '../../../test/support/exposition.ts';
import { InstalledImages } from '../../images/installed.ts';
import { silentLogger } from '../../observability/log.ts';
import { Engine } from '../../pyrovm/engine/engine.ts';
import { tvmPaths } from '../../sys/paths.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-metrics-'));
  installFakeImage(pathsOf(folder).imagesDir, 'python@3.11');
});
afterAll(() => rmSync(folder, { recursive: true }));

function pathsOf(root: string) {
  return tvmPaths({ config: root, cache: root, state: root, runtime: root });
}

/** The gateway before an engine with fake microVMs. */
function setUp() {
  const driver = new FakeDriver();
  const engine = new Engine({
    instance: { id: '0123456789abcdef', folder, [Symbol.asyncDispose]: async () => {} },
    images: new InstalledImages(pathsOf(folder)),
    logger: silentLogger(),
    capacity: 2,
    queueCapacity: 3,
    queueTimeoutMs: 60_000,
    bootTimeoutMs: 60_000,
    prewarm: 'default',
    stageLimits: { outputBytes: 1000, maxProcesses: 64 },
  });
  const app = gateway({ executor: engine });
  const execute = async (body: object = {}) =>
    app.inject({
      method: 'POST',
      url: '/api/execute',
      payload: { code: 'print(1)', language: 'python', ...body },
    });
  /** Value of the sample of a metric with these labels among others, or undefined. */
  const read = async (name: string, labels: Readonly<Record<string, string>> = {}) => {
    const families = parseExposition((await app.inject('/metrics')).body);
    return [...families.values()]
      .flatMap(({ samples }) => samples)
      .find(
        (sample) =>
          sample.name === name &&
          Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
      )?.value;
  };
  return { app, engine, driver, execute, read };
}

const BOOT = { kernel: '/k', initrd: '/i' };

describe('GET /metrics', () => {
  it('is text as Prometheus expects it, also while TVM starts', async () => {
    const response = await setUp().app.inject('/metrics');
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(parseExposition(response.body).get('tvm_executions_capacity')).toEqual({
      help: 'Places for executions',
      type: 'gauge',
      samples: [{ name: 'tvm_executions_capacity', labels: {}, value: 2 }],
    });
  });

  it('works with HEAD', async () => {
    const response = await setUp().app.inject({ method: 'HEAD', url: '/metrics' });
    expect([response.statusCode, response.body]).toEqual([200, '']);
    expect(response.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('counts an execution', async () => {
    const { engine, driver, execute, read } = setUp();
    engine.ready(driver, BOOT);
    expect(await read('tvm_executions_total')).toBeUndefined();
    expect((await execute()).statusCode).toBe(200);
    const python = { runtime: 'python@3.11' };
    expect(await read('tvm_executions_total', { ...python, status: 'ok' })).toBe(1);
    expect(await read('tvm_pool_misses_total', python)).toBe(1);
    expect(await read('tvm_pool_boots_total', python)).toBe(1);
    expect(await read('tvm_pool_hits_total', python)).toBe(0);
    expect(await read('tvm_vms_created_total', python)).toBe(1);
    expect(await read('tvm_vms_destroyed_total', python)).toBe(1);
    const total = { phase: 'total', machine: 'booted' };
    expect(await read('tvm_execution_phase_seconds_count', total)).toBe(1);
    const request = { route: '/api/execute', method: 'POST', status: '200' };
    expect(await read('tvm_http_requests_total', request)).toBe(1);
    expect(await read('tvm_http_request_seconds_count', { route: '/api/execute' })).toBe(1);
    await execute();
    expect(await read('tvm_executions_total', { ...python, status: 'ok' })).toBe(2);
  });

  it('shows what runs while it runs', async () => {
    const { engine, driver, execute, read } = setUp();
    let seen: unknown[] = [];
    driver.script = {
      run: async (guest) => {
        guest.started();
        seen = [await read('tvm_executions_running'), await read('tvm_vms_destroyed_total')];
        guest.exit();
      },
    };
    engine.ready(driver, BOOT);
    await execute();
    expect(seen).toEqual([1, 0]);
    expect(await read('tvm_executions_running')).toBe(0);
  });

  it('counts refusals, failures of VMs and unknown paths', async () => {
    const { app, engine, driver, execute, read } = setUp();
    await execute();
    expect(await read('tvm_refused_total', { reason: 'starting' })).toBe(1);
    driver.script = { greet: (guest) => guest.close() };
    engine.ready(driver, BOOT);
    expect((await execute()).statusCode).toBe(500);
    expect(await read('tvm_vm_failures_total', { runtime: 'python@3.11' })).toBe(1);
    expect(await read('tvm_refused_total', { reason: 'vm_failed' })).toBe(1);
    await execute({ language: 'cobol' });
    expect(await read('tvm_refused_total', { reason: 'unknown_language' })).toBe(1);
    await app.inject('/nowhere');
    expect(await read('tvm_http_requests_total', { route: 'none', status: '404' })).toBe(1);
  });
});
