import { randomUUID } from 'node:crypto';
import { readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExecutionResult } from '../../src/pyrovm/engine/execution.ts';
import { processesWithArgument } from '../support/processes.ts';
import {
  eventually,
  isolatedConfig,
  startEngine,
  temporaryFolder,
  TESTED_VERSIONS,
} from '../support/real-host.ts';

const POOL_SIZE = 2;
const LANGUAGES = ['python', 'javascript'] as const;
type LanguageName = (typeof LANGUAGES)[number];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let embedded: Awaited<ReturnType<typeof startEngine>>;

beforeAll(async () => {
  folder = await temporaryFolder();
  embedded = await startEngine(folder.path, { pool_min: POOL_SIZE, pool_max: POOL_SIZE });
  await embedded.engine.prepareInstalled();
  for (const language of LANGUAGES) await stocked(language);
});

afterAll(async () => {
  await embedded[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function stocked(language: LanguageName): Promise<void> {
  await eventually(
    () => (embedded.engine.pools().pool_status[language]?.available ?? 0) >= POOL_SIZE,
    `the pool of ${language} is full`,
  );
}

async function run(
  language: LanguageName,
  code: string,
  memoryMb?: number,
): Promise<ExecutionResult & { out: string }> {
  const result = await embedded.engine.execute(
    {
      requestId: randomUUID(),
      language,
      languageVersion: TESTED_VERSIONS[language],
      code,
      limits: { timeoutMs: 30_000, memoryMb },
    },
    { signal: new AbortController().signal },
  );
  return { ...result, out: result.stdout.toString() };
}

const RANDOM_THINGS: Readonly<Record<LanguageName, string>> = {
  python:
    'import random, uuid, os, time\nfor x in (random.random(), uuid.uuid4(), os.urandom(8).hex(), os.uname().nodename, open("/etc/machine-id").read().strip(), time.time()): print(x)',
  javascript:
    'const os = require("os"), crypto = require("crypto"), fs = require("fs");\nfor (const x of [Math.random(), crypto.randomUUID(), crypto.randomBytes(8).toString("hex"), os.hostname(), fs.readFileSync("/etc/machine-id", "utf8").trim(), Date.now() / 1000]) console.log(x)',
};

describe.each(LANGUAGES)('clones of the %s template', (language) => {
  it('are taken from the pool and made on demand', async () => {
    await stocked(language);
    const first = await run(language, RANDOM_THINGS[language]);
    expect(first).toMatchObject({ status: 'ok', machine: 'pooled' });
    const others = await Promise.all(
      Array.from({ length: 4 }, async () => run(language, RANDOM_THINGS[language])),
    );
    expect(others.map(({ machine }) => machine)).toContain('restored');
  });

  it('are no twins, and know the time', async () => {
    const results = await Promise.all(
      Array.from({ length: 8 }, async () => run(language, RANDOM_THINGS[language])),
    );
    const columns = results.map(({ out }) => out.trim().split('\n'));
    const clock = (columns[0]?.length ?? 0) - 1;
    for (let thing = 0; thing < clock; thing += 1) {
      expect(new Set(columns.map((column) => column[thing])).size).toBe(results.length);
    }
    for (const column of columns)
      expect(Math.abs(Number(column[clock]) - Date.now() / 1000)).toBeLessThan(60);
  });

  it('see nothing of each other', async () => {
    const code: Readonly<Record<LanguageName, string>> = {
      python:
        'import os, subprocess\nprint(sorted(os.listdir(".")), os.listdir("/tmp"), os.listdir("/dev/shm"), len([p for p in os.listdir("/proc") if p.isdigit()]))\nfor f in ("left", "/tmp/left", "/dev/shm/left"): open(f, "w").write("x")\nsubprocess.Popen(["sleep", "600"], start_new_session=True)',
      javascript:
        'const fs = require("fs"), cp = require("child_process");\nconsole.log(fs.readdirSync("."), fs.readdirSync("/tmp"), fs.readdirSync("/dev/shm"), fs.readdirSync("/proc").filter((p) => /^\\d+$/.test(p)).length);\nfor (const f of ["left", "/tmp/left", "/dev/shm/left"]) fs.writeFileSync(f, "x");\ncp.spawn("sleep", ["600"], { detached: true, stdio: "ignore" }).unref();',
    };
    const outputs = new Set<string>();
    for (let round = 0; round < 6; round += 1) {
      const { out, status } = await run(language, code[language]);
      expect(status).toBe('ok');
      outputs.add(out);
    }
    expect([...outputs]).toHaveLength(1);
    expect([...outputs][0]).not.toContain('left');
  });

  it('have the memory that was asked for, whatever the size of the template', async () => {
    const hog: Readonly<Record<LanguageName, string>> = {
      python: 'b = bytearray(90 << 20); print(len(b))',
      javascript: 'const b = Buffer.alloc(90 << 20, 1); console.log(b.length)',
    };
    expect(await run(language, hog[language], 64)).toMatchObject({ status: 'out_of_memory' });
    expect(await run(language, hog[language], 200)).toMatchObject({ status: 'ok', out: `${90 << 20}\n` });
  });
});

describe('the pool', () => {
  it('replaces a machine that dies while it waits', async () => {
    await stocked('python');
    const [victim] = embedded.engine.pools().pool_status['python']?.vms ?? [];
    for (const pid of processesWithArgument(victim?.id ?? 'none')) process.kill(pid, 'SIGKILL');
    await eventually(
      () => !(embedded.engine.pools().pool_status['python']?.vms ?? []).some(({ id }) => id === victim?.id),
      'the dead machine is off the shelf',
    );
    expect(await run('python', 'print(1)')).toMatchObject({ status: 'ok', out: '1\n' });
    await stocked('python');
  });

  it('counts what it does', async () => {
    await stocked('python');
    await stocked('javascript');
    const { statistics, pool_status } = embedded.engine.pools();
    for (const language of LANGUAGES) {
      const counters = statistics.by_language[language];
      expect(counters?.executions).toBe((counters?.pool_hits ?? 0) + (counters?.pool_misses ?? 0));
      const waiting = pool_status[language]?.available ?? 0;
      expect((counters?.vms_created ?? 0) - (counters?.vms_destroyed ?? 0)).toBe(waiting);
    }
  });

  it('leaves nothing when it is closed, and a damaged template is made anew', async () => {
    await using other = await temporaryFolder();
    const { paths } = isolatedConfig(other.path);
    // A template of a size of its own, so that no other test needs it.
    const flags = { pool_max: 0 };
    const make = async (): Promise<ExecutionResult['machine']> => {
      await using engine = await startEngine(other.path, flags);
      const execute = async (): Promise<ExecutionResult> =>
        engine.engine.execute(
          {
            requestId: randomUUID(),
            language: 'python',
            languageVersion: TESTED_VERSIONS['python'],
            code: 'print(1)',
            limits: { memoryMb: 512, timeoutMs: 30_000 },
          },
          { signal: new AbortController().signal },
        );
      const { machine } = await execute();
      await eventually(async () => {
        const result = await execute();
        expect(result).toMatchObject({ status: 'ok' });
        return result.machine === 'restored';
      }, 'a program runs in a clone');
      return machine;
    };
    await make();
    expect(await make()).toBe('restored');
    const name =
      (await readdir(paths.templatesDir)).find((entry) => entry.startsWith('python@3.11-512m-1c-')) ?? '';
    await truncate(join(paths.templatesDir, name, 'memory'), 1_000_000);
    expect(await make()).toBe('booted');
    expect(await readdir(paths.instancesDir)).toEqual([]);
  });
});
