import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { FakeDriver } from '../../../test/doubles/fake-driver.ts';
import type { GuestScript } from '../../../test/doubles/fake-driver.ts';
import { installFakeImage } from '../../../test/doubles/fake-image.ts';
import { recordingLogger } from '../../../test/doubles/recording-logger.ts';
import { InstalledImages } from '../../images/installed.ts';
import { tvmPaths } from '../../sys/paths.ts';
import { Engine } from './engine.ts';
import type { ExecutionResult } from './execution.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-engine-pool-'));
  for (const name of ['kernel', 'initrd']) writeFileSync(join(folder, name), name);
  installFakeImage(
    tvmPaths({ config: folder, cache: folder, state: folder, runtime: folder }).imagesDir,
    'python@3.11',
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

type Run = NonNullable<GuestScript['run']>;

/** An engine of one place on one CPU, with so many clones that wait; what they do with a program can be changed. */
async function setUp(size: number) {
  const program: { run: Run } = {
    run: (guest) => {
      guest.started();
      guest.exit();
    },
  };
  const driver = new FakeDriver({ run: async (guest, run) => program.run(guest, run) }, { clones: true });
  const log = recordingLogger();
  const engine = new Engine({
    instance: { id: '0123456789abcdef', folder, [Symbol.asyncDispose]: async () => {} },
    images: new InstalledImages(tvmPaths({ config: folder, cache: folder, state: folder, runtime: folder })),
    logger: log.logger,
    capacity: 1,
    queueCapacity: 3,
    queueTimeoutMs: 60_000,
    bootTimeoutMs: 60_000,
    prewarm: 'default',
    stageLimits: { outputBytes: 1000, maxProcesses: 64 },
    templates: {
      folder: join(folder, 'templates'),
      make: true,
      pool: { min: size, max: size, cpus: 1, memory: () => ({ totalMb: 64_000, availableMb: 64_000 }) },
    },
  });
  onTestFinished(async () => {
    await engine.stop(0);
    expect(driver.living).toBe(0);
  });
  engine.ready(driver, { kernel: join(folder, 'kernel'), initrd: join(folder, 'initrd') });
  await engine.prepareInstalled();
  const waiting = (): string[] => (engine.pools().pool_status['python']?.vms ?? []).map(({ id }) => id);
  const fills = async (): Promise<void> => expect.poll(() => waiting().length, { interval: 2 }).toBe(size);
  await fills();
  const execute = async (): Promise<ExecutionResult> =>
    engine.execute(
      { requestId: randomUUID(), language: 'python', code: 'print(1)', limits: {} },
      { signal: new AbortController().signal },
    );
  return { engine, program, driver, log, execute, waiting, fills };
}

/** The machine dies when it is told to run, so many times; after STARTED if it `starts`. */
function dying(times: number, { starts = false } = {}): Run {
  let runs = 0;
  return (guest) => {
    if (starts || runs >= times) guest.started();
    if (runs++ < times) guest.close();
    else guest.exit();
  };
}

describe('a clone from the pool that dies before the program starts', () => {
  it('is replaced by another machine, once', async () => {
    const { program, driver, log, execute, waiting } = await setUp(2);
    const [first, second] = waiting();
    program.run = dying(1);
    expect(await execute()).toMatchObject({ status: 'ok', machine: 'pooled' });
    expect(await log.line('execution')).toMatchObject({ vm_id: second });
    const retry = 'a clone from the pool failed before the program started: trying another';
    expect(await log.line(retry)).toMatchObject({ vm_id: first, reason: 'the guest is gone' });
    expect(driver.vms.find(({ id }) => id === first)?.isGone).toBe(true);
  });

  it('twice is an error', async () => {
    const { engine, program, execute } = await setUp(2);
    program.run = dying(2);
    await expect(execute()).rejects.toMatchObject({ code: 'vm_failed' });
    expect(engine.pools().active_vms).toEqual([]);
  });

  it('is not replaced when the program had started: it never runs twice', async () => {
    const { program, execute, waiting } = await setUp(2);
    const [, second] = waiting();
    program.run = dying(1, { starts: true });
    expect(await execute()).toMatchObject({ status: 'killed', machine: 'pooled' });
    expect(waiting()).toContain(second);
  });
});

describe('a clone that has waited', () => {
  it('knows the time of its run, not that of its restoration, and goes on with the interpreter that waits', async () => {
    const { program, execute } = await setUp(1);
    const seen: { clock?: number; waited?: boolean } = {};
    program.run = (guest, run) => {
      Object.assign(seen, { clock: Math.round(guest.clock), waited: run.waited });
      guest.started();
      guest.exit();
    };
    const jump = 3_600_000;
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + jump);
    onTestFinished(() => void vi.restoreAllMocks());
    const before = Date.now();
    expect(await execute()).toMatchObject({ machine: 'pooled' });
    expect(seen).toEqual({ clock: before, waited: true });
  });
});

describe('the pool of an engine', () => {
  it('is refilled when the execution that takes the only CPU has ended', async () => {
    const { engine, program, driver, execute, waiting, fills } = await setUp(1);
    let whileRunning: unknown;
    const { run } = program;
    program.run = async (guest, request) => {
      await new Promise(setImmediate);
      whileRunning = [waiting(), driver.living, engine.pools().pool_status['python']?.target];
      program.run = run;
      await run(guest, request);
    };
    expect(await execute()).toMatchObject({ machine: 'pooled' });
    expect(whileRunning).toEqual([[], 1, 1]);
    await fills();
  });
});
