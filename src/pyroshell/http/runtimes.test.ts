import { expect, it } from 'vitest';
import { FakeExecutor } from '../../../test/doubles/fake-executor.ts';
import { gateway } from '../../../test/doubles/gateway.ts';
import { RUNTIMES } from '../../runtimes/catalogue.ts';
import type { RuntimeId } from '../../runtimes/schema.ts';

const report = (id: RuntimeId, exactVersion?: string) => ({
  id,
  state: exactVersion === undefined ? ('installable' as const) : ('ready' as const),
  reason: undefined,
  exactVersion,
});

async function ask(reports: FakeExecutor['runtimeReports']) {
  const executor = new FakeExecutor();
  executor.runtimeReports = reports;
  const reply = await gateway({ executor }).inject('/api/runtimes');
  expect(reply.statusCode).toBe(200);
  return reply.json<{ runtimes: Record<string, unknown>[] }>().runtimes;
}

it('lists a runtime with its limits, those of its compiler, and how it stands', async () => {
  const [python, compiled, unreachable] = await ask([
    report('python@3.11', 'Python 3.11.2'),
    report('c@gcc11'),
    { ...report('python@3.8'), state: 'unreachable', reason: 'no such host' },
  ]);
  expect(python).toEqual({
    id: 'python@3.11',
    language: 'python',
    name: 'Python',
    aliases: ['py', 'python3'],
    version: '3.11',
    default: true,
    state: 'ready',
    reason: null,
    exact_version: 'Python 3.11.2',
    limits: {
      timeout_ms: { default: 5000, min: 1, max: 60_000 },
      memory_mb: { default: 128, min: 16, max: 2048 },
      cpu_count: { default: 1, min: 1, max: 4 },
    },
    compile: null,
  });
  const { compile } = RUNTIMES.find(({ id }) => id === 'c@gcc11')!.commands;
  expect(compiled).toMatchObject({
    state: 'installable',
    default: false,
    compile: compile && { timeout_ms: compile.limits.timeoutMs, memory_mb: compile.limits.memoryMb },
  });
  expect(unreachable).toMatchObject({ state: 'unreachable', reason: 'no such host', default: false });
});

it('marks of each language the last version that is ready, never one of the operator’s own', async () => {
  const runtimes = await ask([
    report('javascript@18', 'v18'),
    report('javascript@20'),
    report('python@3.9', 'Python 3.9'),
    report('python@3.11', 'Python 3.11'),
    report('python@3.11-numpy', 'Python 3.11'),
  ]);
  const defaults = runtimes.filter((runtime) => runtime['default']).map(({ id }) => id);
  expect(defaults).toEqual(['javascript@18', 'python@3.11']);
  expect(runtimes.at(-1)).toMatchObject({ language: 'python', version: '3.11-numpy', state: 'ready' });
});
