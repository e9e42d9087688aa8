import { loadConfig } from '../../config/load.ts';
import type { CliContext } from '../context.ts';
import { inspectDaemon } from '../daemon.ts';
import type { DaemonRecord } from '../daemon.ts';
import { duration } from '../duration.ts';
import { EXIT } from '../exit-codes.ts';
import { readHealth } from '../health.ts';
import type { Health } from '../health.ts';
import type { Cell } from '../output.ts';
import { templateLines } from '../template-lines.ts';

/** `tvm status`: what runs and how it is. */
export async function status(ctx: CliContext, { json }: { readonly json: boolean }): Promise<number> {
  const { output } = ctx;
  const { settings, paths } = loadConfig();
  const state = inspectDaemon(paths.daemonFile);
  if (state.kind === 'none') {
    await (json ? output.json({ state: 'stopped' }) : output.line('TVM is not running'));
    return EXIT.stopped;
  }
  if (state.kind === 'stale') {
    const text = `TVM is not running, but left a record: ${state.why}; \`tvm start\` and \`tvm stop\` clear it`;
    await (json ? output.json({ state: 'stale', reason: state.why }) : output.line(text));
    return EXIT.stale;
  }

  const { record } = state;
  const health = await readHealth(record, settings.api_key, ctx.interrupt.signal);
  if (json) {
    await output.json({
      state: health.state,
      pid: record.pid,
      version: record.version,
      started_at: record.startedAt,
      addresses: record.addresses,
      ...('health' in health ? { health: health.health, pools: health.pools } : {}),
      ...('reason' in health ? { reason: health.reason } : {}),
    });
  } else {
    await output.line(`TVM ${record.version}, pid ${record.pid}, started ${record.startedAt}`);
    await output.table([['COMPONENT', 'STATE', 'DETAIL'], ...rows(record, health)]);
    const pools = 'health' in health ? health.pools : undefined;
    for (const line of pools ? templateLines(pools) : []) await output.line(line);
  }
  return health.state === 'healthy' ? EXIT.ok : EXIT.unhealthy;
}

function rows(record: DaemonRecord, health: Health): Cell[][] {
  if (health.state === 'starting') return [['tvm', yellow('starting'), 'no reply yet; see `tvm logs`']];
  if (!('health' in health)) {
    return [['api', { text: 'no answer', colour: 'red' }, health.reason]];
  }
  const { body, engine } = { body: health.health, engine: engineDetail(health) };
  return [
    ['api', { text: 'running', colour: 'green' }, record.addresses.join('  ')],
    ['tvm', health.state === 'healthy' ? { text: 'healthy', colour: 'green' } : yellow(body.status), engine],
    ...upstream('lima', body.lima_status),
    ...upstream('k8s', body.kubernetes_status),
    ...upstream('istio', body.istio_status),
  ];
}

function engineDetail({ health, pools, needsKey }: Extract<Health, { health: unknown }>): string {
  const facts = [
    health.reason,
    health.execution_method && `${health.execution_method} with ${health.accelerator}`,
    health.isolation && `isolation ${health.isolation}`,
    pools && `up ${duration(pools.uptime_seconds)}`,
    pools && `${pools.statistics.executions_count} executions`,
    pools && `${pools.health.running}/${pools.health.capacity} running`,
    pools && `${pools.health.queued}/${pools.health.queue_capacity} queued`,
    needsKey && 'more is told to who has an API key (TVM_API_KEY)',
  ];
  return facts.filter(Boolean).join(', ');
}

/** `NotUsed` is what the API says of a layer that this topology does without; to who has no key it says nothing. */
function upstream(name: string, status: string | undefined): Cell[][] {
  if (status === undefined) return [];
  if (status === 'NotUsed') return [[name, { text: 'not used', colour: 'dim' }, 'not part of this topology']];
  return [[name, status === 'Running' ? { text: 'running', colour: 'green' } : yellow(status), '']];
}

function yellow(text: string): Cell {
  return { text, colour: 'yellow' };
}
