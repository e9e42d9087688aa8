import { randomInt, randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { runtimeStates } from '../../src/images/states.ts';
import type { ExecutionInput, ExecutionResult } from '../../src/pyrovm/engine/execution.ts';
import { LANGUAGES, parseRuntimeId } from '../../src/runtimes/catalogue.ts';
import type { Runtime } from '../../src/runtimes/catalogue.ts';
import { processesWithArgument } from '../support/processes.ts';
import { eventually, isolatedConfig, startEngine, temporaryFolder } from '../support/real-host.ts';
import { hostileProgramsOf } from './corpus.ts';
import type { HostileProgram } from './corpus.ts';
import { INNOCENTS, innocentAnswer } from './innocents.ts';
import { holdings, remains } from './remains.ts';
import type { Holdings } from './remains.ts';

const LEAST_PROGRAMS = 80;
const REPEAT = Number(process.env['ABUSE_REPEAT'] ?? 1);
/** How much later than its limit a stage may end, in ms. */
const LATE_MS = 1000;
/** A program that succeeds in what must fail prints this. */
const SUCCESS = 'ESCAPED';

const states = await runtimeStates(loadConfig().paths);
const ready = states.filter(({ state }) => state === 'ready').map(({ id }) => id);
const asked = process.env['ABUSE_RUNTIMES']?.split(',').map((id) => parseRuntimeId(id));
const missing = asked?.filter(({ id }) => !ready.includes(id)).map(({ id }) => id) ?? [];
if (missing.length > 0) throw new Error(`not installed: ${missing.join(', ')}`);
const newest = LANGUAGES.flatMap(({ id }) => ready.findLast((one) => one.startsWith(`${id}@`)) ?? []);
const runtimes = asked ?? newest.map((id) => parseRuntimeId(id));
const innocents = runtimes.filter(({ language }) => INNOCENTS[language.id]);

for (const { id } of LANGUAGES.filter(({ id }) => !runtimes.some(({ language }) => language.id === id))) {
  const state = states.find((one) => one.id.startsWith(`${id}@`));
  const reason = asked ? 'not asked for' : `no version installed: ${state?.reason ?? state?.state}`;
  process.stdout.write(`abuse: ${id} is left out: ${reason}\n`);
}

let before: Holdings;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let embedded: Awaited<ReturnType<typeof startEngine>>;
let instance: string;
let executions = 0;
let answers = 0;
let latestMs = -Infinity;
let latestSeenMs = -Infinity;

beforeAll(async () => {
  before = holdings();
  folder = await temporaryFolder();
  // Without a pool no VM is there but those of the two programs.
  const prewarm = runtimes.map(({ id }) => id).join(',');
  embedded = await startEngine(folder.path, { prewarm, pool_min: 0, pool_max: 0, max_concurrency: 2 });
  [instance = 'none'] = readdirSync(isolatedConfig(folder.path).paths.instancesDir);
  await embedded.engine.prepareInstalled();
  const templates = (): string[] => Object.values(embedded.engine.pools().templates);
  await eventually(
    () => templates().length >= runtimes.length && templates().every((state) => state === 'ready'),
    'every runtime has its template',
    1_200_000,
  );
}, 1_260_000);

afterAll(async () => {
  await embedded[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
  report();
});

it(`has at least ${LEAST_PROGRAMS} programs`, () => {
  const programs = LANGUAGES.flatMap(({ id }) => hostileProgramsOf(id));
  expect(programs.length).toBeGreaterThanOrEqual(LEAST_PROGRAMS);
});

describe.each(runtimes)('$id', (runtime) => {
  for (let round = 1; round <= REPEAT; round += 1) {
    for (const program of hostileProgramsOf(runtime.language.id)) {
      it(`${program.name}: ${program.about}${REPEAT > 1 ? ` (${round})` : ''}`, async () => {
        const [hostile, innocent] = await Promise.allSettled([attack(runtime, program), answer(runtime)]);
        if (innocent.status === 'rejected') throw innocent.reason;
        if (hostile.status === 'rejected') throw hostile.reason;
        expect(innocent.value.said).toEqual({ status: 'ok', stdout: innocent.value.right, stderr: '' });
        check(runtime, program, hostile.value);
      });
    }
  }
});

describe('afterwards', () => {
  it('nothing is left of any VM', async () => {
    expect(embedded.engine.pools().active_vms).toEqual([]);
    expect(processesWithArgument(`tvm-${instance}-`)).toEqual([]);
    await embedded[Symbol.asyncDispose]();
    expect(remains(instance, folder.path, before)).toEqual([]);
  });
});

async function attack(runtime: Runtime, program: HostileProgram): Promise<ExecutionResult> {
  const { code, stdin, args, timeout_ms: timeoutMs, memory_mb: memoryMb } = program;
  return execute(runtime, { code, stdin: Buffer.from(stdin), args, limits: { timeoutMs, memoryMb } });
}

/** An innocent program in another language, if there is one, and another one each time. */
async function answer(beside: Runtime): Promise<{ said: object; right: string }> {
  const others = innocents.filter(({ language }) => language !== beside.language);
  const runtime = others[answers % others.length] ?? beside;
  answers += 1;
  const number = randomInt(100_000);
  const { status, stdout, stderr } = await execute(runtime, {
    code: INNOCENTS[runtime.language.id] ?? '',
    stdin: Buffer.from(`${number}\n`),
    limits: { timeoutMs: runtime.language.limits.maxTimeoutMs },
  });
  const said = { status, stdout: stdout.toString(), stderr: stderr.toString() };
  return { said, right: innocentAnswer(number) };
}

async function execute(
  { language, version }: Runtime,
  input: Pick<ExecutionInput, 'code' | 'stdin' | 'args' | 'limits'>,
): Promise<ExecutionResult> {
  const requestId = randomUUID();
  executions += 1;
  try {
    return await embedded.engine.execute(
      { requestId, language: language.id, languageVersion: version.version, ...input },
      { signal: new AbortController().signal },
    );
  } finally {
    expect(processesWithArgument(requestId), 'processes of a VM that served').toEqual([]);
  }
}

function check({ commands }: Runtime, program: HostileProgram, result: ExecutionResult): void {
  const { expect: expected, timeout_ms: timeoutMs } = program;
  const out = result.stdout.toString();
  const err = result.stderr.toString();
  const compiler = `${result.compile?.stdout.toString() ?? ''}${result.compile?.stderr.toString() ?? ''}`;
  const said = `stdout: ${out.slice(0, 3000)}\nstderr: ${err.slice(0, 3000)}\ncompiler: ${compiler.slice(0, 3000)}`;

  expect(expected.status, `status ${result.status}\n${said}`).toContain(result.status);
  if (expected.exit_code !== undefined)
    expect(result.exitCode, `exit code\n${said}`).toBe(expected.exit_code);
  if (expected.stdout !== undefined) expect(out, `stdout\n${said}`).toBe(expected.stdout);
  for (const part of expected.stdout_has) expect(out, `stdout\n${said}`).toContain(part);
  for (const part of [SUCCESS, ...expected.stdout_lacks]) expect(out, `stdout\n${said}`).not.toContain(part);
  for (const part of expected.stderr_has) expect(err, `stderr\n${said}`).toContain(part);
  for (const part of expected.compile_has) expect(compiler, `compiler\n${said}`).toContain(part);

  const compileLimitMs = commands.compile?.limits.timeoutMs ?? 0;
  const lateMs = result.executionTimeMs - timeoutMs;
  const compileLateMs = (result.compile?.executionTimeMs ?? 0) - compileLimitMs;
  latestMs = Math.max(latestMs, lateMs, compileLateMs);
  latestSeenMs = Math.max(latestSeenMs, result.timings.run_ms - timeoutMs - compileLimitMs);
  expect(lateMs, 'program beyond its time limit, in ms').toBeLessThan(LATE_MS);
  expect(compileLateMs, 'compiler beyond its time limit, in ms').toBeLessThan(LATE_MS);
}

function report(): void {
  const programs = runtimes.flatMap(({ language }) =>
    hostileProgramsOf(language.id).map(({ kind }) => ({ kind, language: language.id })),
  );
  const counted = (key: 'kind' | 'language'): string => {
    const names = [...new Set(programs.map((program) => program[key]))];
    return names.map((name) => `${name} ${programs.filter((one) => one[key] === name).length}`).join(', ');
  };
  process.stdout.write(
    `abuse: ${programs.length} programs, each ${REPEAT} times beside an innocent one: ${executions} executions\n` +
      `abuse: by language: ${counted('language')}\nabuse: by kind: ${counted('kind')}\n` +
      `abuse: latest end after a limit: ${latestMs.toFixed()} ms in the guest, ${latestSeenMs.toFixed()} ms seen by the host\n`,
  );
}
