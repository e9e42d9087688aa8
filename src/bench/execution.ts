import { z } from 'zod';
import { messageOf, TvmError } from '../errors.ts';
import type { HttpClient } from './http-client.ts';
import { GREETING } from './programs.ts';

const resultSchema = z.object({
  stdout: z.string(),
  execution_time_ms: z.number(),
  compile: z.object({ time_ms: z.number() }).nullable(),
  machine: z.enum(['booted', 'restored', 'pooled']),
  timings: z.object({
    boot_ms: z.number(),
    setup_ms: z.number(),
    run_ms: z.number(),
    teardown_ms: z.number(),
  }),
});

/** A refusal has `detail`, a program that failed has `error`. */
const failureSchema = z
  .object({ detail: z.string() })
  .or(z.object({ error: z.string() }).transform(({ error }) => ({ detail: error })));

/** One request and what became of it. */
export interface Run {
  /** HTTP status; 0 where the connection failed. */
  readonly status: number;
  readonly ms: number;
  /** Present when the program printed what it shall. */
  readonly result?: z.infer<typeof resultSchema>;
  /** Present when it did not. */
  readonly failure?: string;
}

/** An execution whose program printed what it shall. */
export type RightRun = Run & Required<Pick<Run, 'result'>>;

/** @throws TvmError unless the program printed what it shall */
export function mustBeRight({ status, ms, result, failure = '' }: Run): RightRun {
  if (!result) throw new TvmError('vm_failed', `the benchmark's program: HTTP status ${status}, ${failure}`);
  return { status, ms, result };
}

/** One execution over HTTP. A refusal is a result too. @throws the signal's reason on abort */
export async function requestRun(client: HttpClient, body: unknown, signal: AbortSignal): Promise<Run> {
  const startedAt = performance.now();
  try {
    const { status, ms, body: reply } = await client.post('/api/execute', body, signal);
    const { data } = resultSchema.safeParse(reply);
    if (status === 200 && data?.stdout === GREETING) return { status, ms, result: data };
    return {
      status,
      ms,
      failure: failureSchema.safeParse(reply).data?.detail ?? 'something else was printed',
    };
  } catch (error) {
    signal.throwIfAborted();
    return { status: 0, ms: performance.now() - startedAt, failure: messageOf(error) };
  }
}
