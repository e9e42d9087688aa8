import { settingsSchema } from '../config/schema.ts';
import { TvmError } from '../errors.ts';
import { silentLogger } from '../observability/log.ts';
import type { ExecutionInput, ExecutionResult, Executor } from '../pyrovm/engine/execution.ts';
import { NO_KEYS } from '../pyroshell/access/key-ring.ts';
import { startPyroshell } from '../pyroshell/http/server.ts';
import { VERSION } from '../version.ts';
import { HttpClient } from './http-client.ts';
import { quantilesOf } from './quantiles.ts';
import type { Quantiles } from './quantiles.ts';

/**
 * What pyroshell adds to an execution, in ms: whole HTTP requests over loopback to an executor that answers at once.
 * The client's own time is in it, so the gateway's is less.
 */
export async function measureGateway(rounds: number, signal: AbortSignal): Promise<Quantiles> {
  await using pyroshell = await startPyroshell({
    settings: { ...settingsSchema.parse({}), host: '127.0.0.1', port: 0, second_port: 'off' },
    keys: NO_KEYS,
    executor: instantExecutor(),
    logger: silentLogger(),
    version: VERSION,
  });
  using client = new HttpClient(pyroshell.addresses[0] ?? '');
  const body = { code: 'print("Hello, World!")', language: 'python' };
  const request = async (): Promise<number> => {
    const { status, ms } = await client.post('/api/execute', body, signal);
    if (status !== 200) throw new TvmError('internal', `the gateway alone: HTTP status ${status}`);
    return ms;
  };
  // Until the code of both ends is compiled.
  for (let round = 0; round < rounds / 4; round += 1) await request();
  const samples: number[] = [];
  for (let round = 0; round < rounds; round += 1) samples.push(await request());
  return quantilesOf(samples);
}

function instantExecutor(): Executor {
  const none = { queue_ms: 0, boot_ms: 0, setup_ms: 0, run_ms: 0, teardown_ms: 0, total_ms: 0 };
  return {
    execute: async ({ requestId, language }: ExecutionInput): Promise<ExecutionResult> => ({
      requestId,
      language,
      languageVersion: '3.11',
      status: 'ok',
      exitCode: 0,
      signal: null,
      stdout: Buffer.from('Hello, World!\n'),
      stderr: Buffer.alloc(0),
      stdoutTruncated: false,
      stderrTruncated: false,
      executionTimeMs: 0,
      cpuTimeMs: 0,
      memoryPeakBytes: 0,
      compile: undefined,
      machine: 'pooled',
      timings: none,
    }),
    state: () => ({ state: 'starting' }),
    pools: () => {
      throw new Error('not asked for by the benchmark');
    },
    metrics: async () => '',
    installedRuntimes: async () => [],
    runtimes: async () => [],
  };
}
