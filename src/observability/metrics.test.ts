import { describe, expect, it } from 'vitest';
import { parseExposition } from '../../test/support/exposition.ts';
import type { Family } from '../../test/support/exposition.ts';
import { EngineMetrics, GatewayMetrics } from './metrics.ts';
import type { EngineFigures, RequestFacts, RuntimeFigures } from './metrics.ts';

const python: RuntimeFigures = {
  statuses: { ok: 5, timeout: 1 },
  machines: { pooled: 3, restored: 2, booted: 1 },
  vms: { created: 9, destroyed: 7, failed: 1 },
};

const figures: EngineFigures = {
  running: 1,
  capacity: 2,
  queued: 3,
  queueCapacity: 100,
  idle: { 'python@3.11': 2 },
  templates: { building: 1, ready: 4 },
  runtimes: new Map([['python@3.11', python]]),
};

const timings = { queue_ms: 1, boot_ms: 12, setup_ms: 0, run_ms: 260, teardown_ms: 9, total_ms: 282 };

/** Samples of a metric as text, such as `5 runtime=python@3.11 status=ok`. */
function samples(families: Map<string, Family>, name: string): string[] {
  const family = families.get(name);
  if (!family) throw new Error(`no ${name}`);
  return family.samples.map(({ labels, value }) =>
    [value, ...Object.entries(labels).map(([label, each]) => `${label}=${each}`)].join(' '),
  );
}

describe('the metrics of an engine', () => {
  it('are its figures', async () => {
    const families = parseExposition(await new EngineMetrics(() => figures).text());
    expect(samples(families, 'tvm_executions_total')).toEqual([
      '5 runtime=python@3.11 status=ok',
      '1 runtime=python@3.11 status=timeout',
    ]);
    expect(samples(families, 'tvm_templates')).toEqual(['1 state=building', '4 state=ready']);
    const single = {
      tvm_executions_running: '1',
      tvm_executions_capacity: '2',
      tvm_queue_length: '3',
      tvm_queue_capacity: '100',
      tvm_pool_idle: '2 runtime=python@3.11',
      tvm_pool_hits_total: '3 runtime=python@3.11',
      tvm_pool_misses_total: '3 runtime=python@3.11',
      tvm_pool_restores_total: '2 runtime=python@3.11',
      tvm_pool_boots_total: '1 runtime=python@3.11',
      tvm_vms_created_total: '9 runtime=python@3.11',
      tvm_vms_destroyed_total: '7 runtime=python@3.11',
      tvm_vm_failures_total: '1 runtime=python@3.11',
    };
    for (const [name, value] of Object.entries(single)) expect(samples(families, name)).toEqual([value]);
  });

  it('are read each time that they are asked for', async () => {
    let now = figures;
    const metrics = new EngineMetrics(() => now);
    await metrics.text();
    now = { ...figures, queued: 0, idle: {}, runtimes: new Map([['javascript@20', python]]) };
    const families = parseExposition(await metrics.text());
    expect(samples(families, 'tvm_queue_length')).toEqual(['0']);
    expect(samples(families, 'tvm_pool_idle')).toEqual([]);
    expect(samples(families, 'tvm_vms_created_total')).toEqual(['9 runtime=javascript@20']);
  });

  it('have the time of each phase in seconds', async () => {
    const metrics = new EngineMetrics(() => figures);
    metrics.executed('pooled', timings);
    metrics.executed('pooled', timings);
    const family = parseExposition(await metrics.text()).get('tvm_execution_phase_seconds');
    const sums = family?.samples.filter(({ name }) => name.endsWith('_sum')) ?? [];
    expect(sums.map(({ labels }) => labels)).toEqual(
      ['queue', 'boot', 'setup', 'run', 'teardown', 'total'].map((phase) => ({ phase, machine: 'pooled' })),
    );
    expect(sums.map(({ value }) => value)).toEqual([0.002, 0.024, 0, 0.52, 0.018, 0.564]);
    const bounds = family?.samples.filter(
      ({ labels }) => labels['phase'] === 'run' && labels['le'] !== undefined,
    );
    expect([bounds?.[0]?.labels['le'], bounds?.at(-2)?.labels['le']]).toEqual(['0.005', '60']);
  });
});

describe('the metrics of a gateway', () => {
  const read: RequestFacts = { method: 'GET', route: '/', status: 200, ms: 2, errorCode: null };
  const gateway = async (...requests: Partial<RequestFacts>[]): Promise<Map<string, Family>> => {
    const metrics = new GatewayMetrics();
    for (const request of requests) metrics.ended({ ...read, ...request });
    return parseExposition(await metrics.text());
  };

  it('count requests by route, method and status', async () => {
    const families = await gateway({}, {}, { status: 503 }, { method: 'HEAD' });
    expect(samples(families, 'tvm_http_requests_total')).toEqual([
      '2 route=/ method=GET status=200',
      '1 route=/ method=GET status=503',
      '1 route=/ method=HEAD status=200',
    ]);
    const time = families.get('tvm_http_request_seconds')?.samples ?? [];
    expect(time.find(({ name }) => name.endsWith('_sum'))?.value).toBeCloseTo(0.008, 6);
  });

  it('take no label from a client', async () => {
    const families = await gateway({ method: 'BREW', route: null, status: 404, errorCode: 'not_found' });
    expect(samples(families, 'tvm_http_requests_total')).toEqual(['1 route=none method=other status=404']);
  });

  it('count refusals by reason, and no program that ran out of time', async () => {
    const families = await gateway(
      { errorCode: 'overloaded' },
      { errorCode: 'execution_timeout' },
      { errorCode: 'overloaded' },
    );
    expect(samples(families, 'tvm_refused_total')).toEqual(['2 reason=overloaded']);
  });

  it('end with those of the process, under their usual names', async () => {
    const families = await gateway();
    expect(families.get('process_resident_memory_bytes')?.samples[0]?.value).toBeGreaterThan(1e6);
    const foreign = [...families.keys()].filter((name) => !name.startsWith('tvm_'));
    expect(foreign.filter((name) => !/^(?:process|nodejs)_/.test(name))).toEqual([]);
  });
});
