import { createHash, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listImages } from '../../src/images/store.ts';
import { LANGUAGES, parseRuntimeId } from '../../src/runtimes/catalogue.ts';
import { eventually, isolatedConfig, startEngine, temporaryFolder } from '../support/real-host.ts';
import type { ExecutionResult } from '../../src/pyrovm/engine/execution.ts';
import { sizeOf } from '../support/size.ts';
import { DRAWS } from './draws.ts';
import { programsOf } from './program.ts';
import type { MatrixProgram } from './program.ts';

const LEAST_PROGRAMS = 12;

const DRAWING_EXECUTIONS = sizeOf('executions of each runtime that draw', 4, 200);

const installed = (await listImages(isolatedConfig(tmpdir()).paths)).map(({ id }) => id);
const asked = process.env['MATRIX_RUNTIMES']?.split(',') ?? installed;
const missing = asked.filter((id) => !installed.some((one) => one === id));
if (missing.length > 0) throw new Error(`not installed: ${missing.join(', ')}`);
const runtimes = asked.map((id) => parseRuntimeId(id));

it('has programs enough of every language', () => {
  const few = LANGUAGES.filter(({ id }) => programsOf(id).length < LEAST_PROGRAMS);
  expect(few.map(({ id }) => id)).toEqual([]);
});

describe.each(runtimes)('$id', ({ id, language, version }) => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let embedded: Awaited<ReturnType<typeof startEngine>>;

  beforeAll(async () => {
    folder = await temporaryFolder();
    embedded = await startEngine(folder.path, { prewarm: id, pool_min: 2, pool_max: 2 });
    await embedded.engine.prepareInstalled();
    await eventually(
      () => embedded.engine.pools().pool_status[language.id]?.available === 2,
      `clones of ${id} wait: ${JSON.stringify(embedded.engine.pools().templates)}`,
      300_000,
    );
  }, 320_000);

  afterAll(async () => {
    await embedded[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  for (const program of programsOf(language.id)) {
    const reason = program.skip[version.version];
    if (reason !== undefined) process.stderr.write(`${id} ${program.name} is not tested: ${reason}\n`);
    const test = reason === undefined ? it.concurrent : it.concurrent.skip;
    test(`${program.name}: ${program.about}`, async ({ expect }) => {
      const result = await execute(program);
      const { status, exit_code, stdout, stdout_sha256, stderr_has, compile_has } = program.expect;
      const err = result.stderr.toString();
      const compiler = `${result.compile?.stdout.toString() ?? ''}${result.compile?.stderr.toString() ?? ''}`;
      const said = { err, compiler, compile: result.compile?.status };
      expect({ status: result.status, ...said }).toEqual({ status, ...said });
      if (exit_code !== undefined) expect(result.exitCode).toBe(exit_code);
      if (stdout !== undefined) expect(result.stdout.toString()).toBe(stdout);
      if (stdout_sha256 !== undefined) {
        expect(createHash('sha256').update(result.stdout).digest('hex')).toBe(stdout_sha256);
      }
      for (const part of stderr_has) expect(err).toContain(part);
      for (const part of compile_has) expect(compiler).toContain(part);
    });
  }

  it('draws nothing twice', { timeout: 3_600_000 }, async () => {
    const draws: string[][] = [];
    for (let execution = 0; execution < DRAWING_EXECUTIONS; execution += 1) {
      const code = DRAWS[language.id] ?? '';
      const { status, stdout, stderr } = await execute({ code, stdin: '', args: [] });
      expect({ status, stderr: stderr.toString() }).toEqual({ status: 'ok', stderr: '' });
      draws.push(stdout.toString().trim().split('\n'));
    }
    const [first = []] = draws;
    expect(first).not.toEqual([]);
    const different = first.map((_, line) => new Set(draws.map((lines) => lines[line])).size);
    expect(different).toEqual(first.map(() => DRAWING_EXECUTIONS));
  });

  async function execute({
    code,
    stdin,
    args,
    timeout_ms,
    memory_mb,
  }: Pick<MatrixProgram, 'code' | 'stdin' | 'args' | 'timeout_ms' | 'memory_mb'>): Promise<ExecutionResult> {
    return embedded.engine.execute(
      {
        requestId: randomUUID(),
        language: language.id,
        languageVersion: version.version,
        code,
        stdin: Buffer.from(stdin),
        args,
        // A busy host must not decide what a program's verdict is, unless the program is about that.
        limits: { timeoutMs: timeout_ms ?? language.limits.maxTimeoutMs, memoryMb: memory_mb },
      },
      { signal: new AbortController().signal },
    );
  }
});
