import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { descendantsOf } from '../support/processes.ts';
import {
  eventually,
  isolatedConfig,
  startEngine,
  temporaryFolder,
  TESTED_RUNTIMES,
  TESTED_VERSIONS,
} from '../support/real-host.ts';
import { controlGroupsOf, entriesBelow } from '../support/remains.ts';

const DEFAULT_EXECUTIONS = 150;
const EXECUTIONS = Number(process.env['TVM_SOAK'] ?? DEFAULT_EXECUTIONS);
/** By then everything is loaded, compiled and cached that executions need. */
const WARM = Math.min(100, Math.max(20, Math.floor(EXECUTIONS / 5)));
const PROGRESS_EVERY = 50;
const POOL_SIZE = 2;
const LANGUAGES = ['python', 'javascript'] as const;
const MIB = 1024 * 1024;

/** What the runner of tests itself takes for its reports, and what V8 compiles of it meanwhile. */
const HEAP_SLACK = 4 * MIB;
/** The heap's, and what malloc and V8 keep of memory that was given back: neither returns each page at once. */
const RSS_SLACK = 16 * MIB;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let embedded: Awaited<ReturnType<typeof startEngine>>;
let temporary: string;
const usualTemporary = process.env['TMPDIR'];

beforeAll(async () => {
  folder = await temporaryFolder();
  temporary = join(folder.path, 'tmp');
  mkdirSync(temporary);
  process.env['TMPDIR'] = temporary;
  // A pool of one size: what waits is the same at each look.
  embedded = await startEngine(folder.path, { pool_min: POOL_SIZE, pool_max: POOL_SIZE });
  await embedded.engine.prepareInstalled();
  if (EXECUTIONS === DEFAULT_EXECUTIONS)
    process.stdout.write(`soak: ${EXECUTIONS} executions; npm run soak for 2000\n`);
});

afterAll(async () => {
  await embedded[Symbol.asyncDispose]();
  if (usualTemporary === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = usualTemporary;
  await folder[Symbol.asyncDispose]();
});

/** Programs that end in the ways that programs end, with the status of each. */
const PROGRAMS = [
  { language: 'python', code: 'print(1)', status: 'ok' },
  { language: 'javascript', code: 'console.log(1)', status: 'ok' },
  {
    language: 'python',
    code: 'print(input()[::-1]); import json, subprocess; print(subprocess.run("ls"))',
    status: 'ok',
  },
  {
    language: 'javascript',
    code: 'process.stdin.pipe(process.stdout); process.exitCode = 3;',
    status: 'runtime_error',
  },
  { language: 'python', code: 'raise ValueError("x" * 100000)', status: 'runtime_error' },
  { language: 'javascript', code: 'process.stdout.write("x".repeat(2e6));', status: 'output_limit' },
  { language: 'python', code: 'import time; time.sleep(60)', status: 'timeout' },
  { language: 'python', code: 'x = []\nwhile True: x.append(bytearray(1 << 20))', status: 'out_of_memory' },
  {
    language: 'javascript',
    code: 'require("child_process").spawn("sleep", ["9"], { detached: true }).unref(); process.exit()',
    status: 'ok',
  },
] as const;

async function executeOnce(round: number): Promise<void> {
  const { language, code, status } = PROGRAMS[round % PROGRAMS.length] ?? PROGRAMS[0];
  const controller = new AbortController();
  const result = await embedded.engine.execute(
    {
      requestId: randomUUID(),
      language,
      languageVersion: TESTED_VERSIONS[language],
      code,
      stdin: Buffer.from('some input\n'),
      limits: { timeoutMs: status === 'timeout' ? 200 : 30_000 },
    },
    { signal: controller.signal },
  );
  expect(result.status, `${code} (${result.stderr.toString().slice(0, 500)})`).toBe(status);
}

/** Until nothing runs and the pool is full again. */
async function quiet(): Promise<void> {
  const { engine } = embedded;
  const isQuiet = (): boolean => {
    const { active_vms: active, pool_status: pools } = engine.pools();
    return active.length === 0 && LANGUAGES.every((name) => pools[name]?.available === POOL_SIZE);
  };
  await eventually(isQuiet, 'the pool is full and nothing runs');
}

/** What executions must leave as it was. */
function holdings(): Readonly<Record<string, number>> {
  const { paths } = isolatedConfig(folder.path);
  const resources = process.getActiveResourcesInfo();
  // What runs beside this one shares the cache; it needs templates of other runtimes or sizes.
  const isOurs = (name: string): boolean =>
    name.startsWith('.')
      ? name.includes(`-${process.pid}-`)
      : TESTED_RUNTIMES.some((id) => name.startsWith(`${id}-128m-1c-`));
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    threads: readdirSync('/proc/self/task').length,
    'child processes': descendantsOf().length,
    'files of the instance': entriesBelow(paths.instancesDir).length,
    templates: entriesBelow(paths.templatesDir).filter(isOurs).length,
    'files of the state': entriesBelow(join(folder.path, 'state')).length,
    'temporary files': entriesBelow(temporary).length,
    'control groups': controlGroupsOf(readdirSync(paths.instancesDir)).length,
    'sockets and pipes': resources.filter((kind) => kind.endsWith('Wrap') && kind !== 'TTYWrap').length,
  };
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}

async function memory(): Promise<{ rss: number; heap: number }> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let i = 0; i < 4; i += 1) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
}

describe('executions in a row', () => {
  it('leave everything as it was', { timeout: 3_600_000 }, async () => {
    const startedAt = performance.now();
    const execute = async (from: number, to: number): Promise<void> => {
      for (let round = from; round < to; round += 1) {
        await executeOnce(round);
        if ((round + 1) % PROGRESS_EVERY !== 0) continue;
        const seconds = (performance.now() - startedAt) / 1000;
        const rss = process.memoryUsage.rss() / MIB;
        process.stdout.write(
          `soak: ${round + 1} of ${EXECUTIONS}, ${((round + 1) / seconds).toFixed(2)} per second, RSS ${rss.toFixed()} MiB\n`,
        );
      }
      await quiet();
    };
    await execute(0, WARM);
    const before = { held: holdings(), timers: timers(), ...(await memory()) };
    await execute(WARM, EXECUTIONS);
    const after = { held: holdings(), timers: timers(), ...(await memory()) };
    process.stdout.write(
      `soak: after ${WARM} and ${EXECUTIONS}: RSS ${(before.rss / MIB).toFixed(1)}, ${(after.rss / MIB).toFixed(1)} MiB; heap ${(before.heap / MIB).toFixed(1)}, ${(after.heap / MIB).toFixed(1)} MiB; ${JSON.stringify(after.held)}, timers ${before.timers}, ${after.timers}\n`,
    );
    expect(after.held).toEqual(before.held);
    // The runner's own timers come and go.
    expect(after.timers).toBeLessThanOrEqual(before.timers + 1);
    expect(after.heap - before.heap).toBeLessThan(HEAP_SLACK);
    expect(after.rss - before.rss).toBeLessThan(RSS_SLACK);
  });
});
