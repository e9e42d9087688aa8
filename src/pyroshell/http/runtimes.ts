import type { FastifyInstance } from 'fastify';
import type { Executor, RuntimeReport } from '../../pyrovm/engine/execution.ts';
import { parseRuntimeId, RUNTIMES } from '../../runtimes/catalogue.ts';
import { LEAST_LIMITS, resolveLimits } from '../../runtimes/limits.ts';
import type { CompileStage, Language } from '../../runtimes/schema.ts';

/** `GET /api/runtimes`: every version, whether it can run, and what a request may ask of it. */
export function addRuntimesRoute(app: FastifyInstance, executor: Pick<Executor, 'runtimes'>): void {
  app.get('/api/runtimes', async () => {
    const reports = await executor.runtimes();
    const defaults = new Set(defaultIds(reports));
    return { runtimes: reports.map((report) => describeRuntime(report, defaults.has(report.id))) };
  });
}

function describeRuntime({ id, state, reason, exactVersion }: RuntimeReport, isDefault: boolean) {
  const { language, version, commands } = parseRuntimeId(id);
  return {
    id,
    language: language.id,
    name: language.name,
    aliases: language.aliases,
    version: version.version,
    /** Whether it is meant when a request names no version. */
    default: isDefault,
    state,
    reason: reason ?? null,
    exact_version: exactVersion ?? null,
    limits: limitsOf(language),
    compile: compileOf(commands.compile),
  };
}

function limitsOf(language: Language) {
  const { timeoutMs, memoryMb, cpuCount } = resolveLimits(language, {});
  const { maxTimeoutMs, maxMemoryMb, maxCpuCount } = language.limits;
  return {
    timeout_ms: { default: timeoutMs, min: LEAST_LIMITS.timeoutMs, max: maxTimeoutMs },
    memory_mb: { default: memoryMb, min: LEAST_LIMITS.memoryMb, max: maxMemoryMb },
    cpu_count: { default: cpuCount, min: LEAST_LIMITS.cpuCount, max: maxCpuCount },
  };
}

/** Its limits are no request's to choose. */
function compileOf(compile: CompileStage | undefined) {
  return compile ? { timeout_ms: compile.limits.timeoutMs, memory_mb: compile.limits.memoryMb } : null;
}

/** Of each language the last of the catalogue's versions that is ready. */
function defaultIds(reports: readonly RuntimeReport[]): string[] {
  const ready = RUNTIMES.filter(({ id }) => reports.some((one) => one.id === id && one.state === 'ready'));
  return [...new Map(ready.map(({ id, language }) => [language, id])).values()];
}
