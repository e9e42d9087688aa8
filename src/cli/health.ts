import { z } from 'zod';
import { ERROR_CATALOGUE, messageOf } from '../errors.ts';
import { callApi } from './api-client.ts';
import type { DaemonRecord } from './daemon.ts';

/** Longest wait for each of the two replies, in ms. */
const DEADLINE_MS = 3000;

const healthSchema = z.looseObject({
  status: z.string(),
  lima_status: z.string().optional(),
  kubernetes_status: z.string().optional(),
  istio_status: z.string().optional(),
  execution_method: z.string().nullish(),
  accelerator: z.string().nullish(),
  isolation: z.string().nullish(),
  reason: z.string().optional(),
});

const poolsSchema = z.looseObject({
  data: z.looseObject({
    uptime_seconds: z.number(),
    templates: z.record(z.string(), z.string()).default({}),
    template_progress: z
      .record(z.string(), z.looseObject({ phase: z.string(), age_seconds: z.number() }))
      .default({}),
    statistics: z.looseObject({ executions_count: z.number() }),
    health: z.looseObject({
      running: z.number(),
      capacity: z.number(),
      queued: z.number(),
      queue_capacity: z.number(),
    }),
  }),
});

/** How the TVM of a record is, as its own API says. */
export type Health =
  | { readonly state: 'starting' }
  | { readonly state: 'unreachable'; readonly reason: string }
  | {
      readonly state: 'healthy' | 'unhealthy';
      readonly health: z.infer<typeof healthSchema>;
      readonly pools: z.infer<typeof poolsSchema>['data'] | undefined;
      /** Whether there is more to be said to a client with an API key. */
      readonly needsKey: boolean;
    };

/** Asks the API of a living TVM. @throws only the reason of `signal` */
export async function readHealth(
  record: DaemonRecord,
  apiKey: string | undefined,
  signal: AbortSignal,
): Promise<Health> {
  const [address] = record.addresses;
  if (record.state === 'starting' || address === undefined) return { state: 'starting' };
  try {
    const request = { apiKey, deadlineMs: DEADLINE_MS, signal };
    const [health, pools] = await Promise.all([
      callApi(`${address}/api/health`, request),
      callApi(`${address}/debug/vm-pools`, request),
    ]);
    const body = healthSchema.safeParse(health.body);
    if (!body.success) return { state: 'unreachable', reason: `what answers at ${address} is not TVM` };
    return {
      state: health.status === 200 ? 'healthy' : 'unhealthy',
      health: body.data,
      pools: poolsSchema.safeParse(pools.body).data?.data,
      needsKey: pools.status === ERROR_CATALOGUE.unauthenticated.http,
    };
  } catch (error) {
    signal.throwIfAborted();
    return { state: 'unreachable', reason: messageOf(error) };
  }
}
