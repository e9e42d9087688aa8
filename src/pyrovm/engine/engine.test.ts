import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { FakeDriver } from '../../../test/doubles/fake-driver.ts';
import type { FakeGuest, GuestRun, GuestScript } from '../../../test/doubles/fake-driver.ts';
import { installFakeImage } from '../../../test/doubles/fake-image.ts';
import { recordingLogger } from '../../../test/doubles/recording-logger.ts';
import { TvmError } from '../../errors.ts';
import { InstalledImages } from '../../images/installed.ts';
import { tvmPaths } from '../../sys/paths.ts';
import type { Paths } from '../../sys/paths.ts';
import { Engine } from './engine.ts';
import type { EngineOptions } from './engine.ts';
import { EXECUTION_STATUSES } from './execution.ts';
import type { ExecutionInput, ExecutionResult } from './execution.ts';

const MIB = 1024 * 1024;
const BOOT = { kernel: '/k', initrd: '/i' };
const forever = new AbortController().signal;

let folder: string;
let paths: Paths;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-engine-'));
  paths = tvmPaths({ config: folder, cache: folder, state: folder, runtime: folder });
  for (const id of ['python@3.11', 'javascript@20'] as const) installFakeImage(paths.imagesDir, id);
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => void vi.useRealTimers());

/** An engine that is ready, with guests that follow a script. */
function setUp(script: GuestScript = {}, different: Partial<EngineOptions> = {}) {
  const driver = new FakeDriver(script);
  const log = recordingLogger();
  const engine = new Engine({
    instance: { id: '0123456789abcdef', folder, [Symbol.asyncDispose]: async () => {} },
    images: new InstalledImages(paths),
    logger: log.logger,
    capacity: 2,
    queueCapacity: 3,
    queueTimeoutMs: 60_000,
    bootTimeoutMs: 60_000,
    prewarm: 'default',
    stageLimits: { outputBytes: 1000, maxProcesses: 64 },
    ...different,
  });
  engine.ready(driver, BOOT);
  const execute = async (
    input: Partial<ExecutionInput> = {},
    signal: AbortSignal = forever,
  ): Promise<ExecutionResult> =>
    engine.execute(
      { requestId: randomUUID(), language: 'python', code: 'print(1)', limits: {}, ...input },
      { signal },
    );
  return { engine, driver, log, execute };
}

/** An event that a script raises and a test awaits, or the other way round. */
function event<T = void>() {
  let raise!: (value: T) => void;
  const raised = new Promise<T>((resolve) => {
    raise = resolve;
  });
  return { raise, raised };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error,
  );
}

/** A program that starts and never ends. */
const endless = (begun: () => void): GuestScript => ({
  run: (guest) => {
    guest.started();
    guest.stdout('partial');
    begun();
  },
});

const failing = (guest: FakeGuest): void => {
  guest.started();
  guest.exit({ exitCode: 1 });
};

describe('an execution', () => {
  it('gives what the program did, in every field', async () => {
    const { execute, driver } = setUp({
      run: (guest) => {
        guest.started();
        guest.stdout('out');
        guest.stderr('err');
        guest.stdout(Buffer.of(0, 0xff));
        guest.exit({ exitCode: 3, wallUs: 1.0, userUs: 2, systemUs: 1, memoryPeakBytes: 12_345 });
      },
    });
    const requestId = randomUUID();
    const result = await execute({ requestId, languageVersion: '3.11' });
    expect(result).toMatchObject({
      requestId,
      language: 'python',
      languageVersion: '3.11',
      status: 'runtime_error',
      exitCode: 3,
      signal: null,
      stdout: Buffer.from('out\0\u00FF', 'latin1'),
      stderr: Buffer.from('err'),
      stdoutTruncated: false,
      stderrTruncated: false,
      executionTimeMs: 0.001,
      cpuTimeMs: 0.003,
      memoryPeakBytes: 12_345,
    });
    const { total_ms: total, ...phases } = result.timings;
    for (const ms of Object.values(phases)) expect(ms).toBeGreaterThanOrEqual(0);
    expect(Object.values(phases).reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(total, 3);
    expect(driver.vms).toHaveLength(1);
    expect(driver.living).toBe(0);
  });

  it('gives the guest source, arguments, stdin, environment and limits', async () => {
    const seen = event<GuestRun>();
    const { execute, driver } = setUp({
      run: async (guest, run) => {
        seen.raise(run);
        guest.started();
        guest.stdout(await run.stdin);
        guest.exit();
      },
    });
    const code = `print("é")\n${'#'.repeat(200_000)}`;
    const stdin = Buffer.alloc(150_000, 'line\n');
    const result = await execute({
      requestId: 'abcdefgh-ijkl',
      language: 'js',
      code,
      stdin,
      args: ['-x', '', 'ä b'],
      limits: { timeoutMs: 1234, memoryMb: 64, cpuCount: 2 },
    });
    expect(result.stdout.equals(stdin.subarray(0, 1000))).toBe(true);
    const run = await seen.raised;
    expect(run).toMatchObject({
      argv: ['node', 'main.js', '-x', '', 'ä b'],
      cwd: '/workspace',
      timeoutMs: 1234,
      memoryBytes: 64 * MIB,
      maxProcesses: 64,
      outputBytes: 1000,
    });
    expect(run.environment).toContain('HOME=/workspace');
    expect([...run.files].map(([path, content]) => [path, content.toString()])).toEqual([['main.js', code]]);
    expect(driver.vms[0]?.spec).toMatchObject({
      id: '0123456789abcdef-abcdefgh-ijkl',
      cpuCount: 2,
      boot: BOOT,
      rootfs: join(paths.imagesDir, 'javascript@20.erofs'),
    });
    expect(driver.vms[0]?.spec.memoryMb).toBeGreaterThan(64);
  });

  it.each([
    [
      { cause: 'exited', exitCode: 0 },
      { status: 'ok', exitCode: 0, signal: null },
    ],
    [
      { cause: 'exited', exitCode: 255 },
      { status: 'runtime_error', exitCode: 255, signal: null },
    ],
    [
      { cause: 'signaled', exitCode: 139, signal: 11 },
      { status: 'runtime_error', exitCode: 139, signal: 'SIGSEGV' },
    ],
    [
      { cause: 'signaled', exitCode: 134, signal: 6 },
      { status: 'runtime_error', exitCode: 134, signal: 'SIGABRT' },
    ],
    [
      { cause: 'signaled', exitCode: 168, signal: 40 },
      { status: 'runtime_error', exitCode: 168, signal: 'SIG40' },
    ],
    [
      { cause: 'timeout', exitCode: 137, signal: 9 },
      { status: 'timeout', exitCode: 137, signal: 'SIGKILL' },
    ],
    [
      { cause: 'memory', exitCode: 137, signal: 9 },
      { status: 'out_of_memory', exitCode: 137, signal: 'SIGKILL' },
    ],
    [
      { cause: 'output', exitCode: 137, signal: 9 },
      { status: 'output_limit', exitCode: 137, signal: 'SIGKILL' },
    ],
  ] as const)('that ends as %j is reported as %j', async (exit, expected) => {
    const { execute, driver } = setUp({
      run: (guest) => {
        guest.started();
        // Until the time limit has really passed.
        setTimeout(() => guest.exit(exit), 5);
      },
    });
    expect(await execute({ limits: { timeoutMs: 1 } })).toMatchObject(expected);
    expect(driver.vms.map((vm) => [vm.disposals, vm.isGone])).toEqual([[1, true]]);
  });

  it('whose time limit comes too early by the clock of the host is vm_failed, not a timeout', async () => {
    const { execute, driver } = setUp({
      run: (guest) => {
        guest.started();
        guest.exit({ cause: 'timeout', exitCode: 137, signal: 9 });
      },
    });
    expect(await failure(execute({ limits: { timeoutMs: 5000 } }))).toMatchObject({ code: 'vm_failed' });
    expect(driver.vms.map((vm) => vm.isGone)).toEqual([true]);
  });

  it('logs what happened, but neither source nor output', async () => {
    const { execute, log } = setUp();
    const { requestId } = await execute({ code: 'secret source', stdin: Buffer.from('secret input') });
    const line = await log.line('execution');
    expect(line).toMatchObject({
      request_id: requestId,
      runtime: 'python@3.11',
      status: 'ok',
      code_bytes: 13,
    });
    expect(JSON.stringify(log.lines)).not.toMatch(/secret|Hello/);
  });

  it('has a VM of its own each time', async () => {
    const { execute, driver } = setUp();
    await Promise.all([execute(), execute(), execute({ language: 'node' })]);
    expect(new Set(driver.vms.map((vm) => vm.id)).size).toBe(3);
    expect(driver.living).toBe(0);
  });
});

describe('a request that is refused', () => {
  it.each([
    ['an unknown language', { language: 'cobol' }, 'unknown_language'],
    ['an unknown version', { languageVersion: '9' }, 'unknown_language'],
    ['a version that is not installed', { languageVersion: '3.8' }, 'runtime_not_installed'],
    ['a language that is not installed', { language: 'ruby' }, 'runtime_not_installed'],
    ['a limit above the cap', { limits: { memoryMb: 4096 } }, 'limit_out_of_range'],
    ['too large arguments', { args: ['x'.repeat(40_000)] }, 'invalid_request'],
  ])('for %s costs no VM and no place', async (_what, input, code) => {
    const { execute, engine, driver } = setUp({}, { capacity: 1 });
    expect(await failure(execute(input))).toMatchObject({ code });
    expect(driver.vms).toEqual([]);
    expect(engine.pools()).toMatchObject({ statistics: { vms_created: 0 }, health: { running: 0 } });
  });

  it('before the engine is ready is told that it is starting', async () => {
    const { engine: ready } = setUp();
    expect(ready.state()).toMatchObject({ state: 'ready', info: { name: 'qemu' } });
    const log = recordingLogger();
    const engine = new Engine({
      instance: { id: '0', folder, [Symbol.asyncDispose]: async () => {} },
      images: new InstalledImages(paths),
      logger: log.logger,
      capacity: 1,
      queueCapacity: 1,
      queueTimeoutMs: 1,
      bootTimeoutMs: 1,
      prewarm: 'default',
      stageLimits: { outputBytes: 1, maxProcesses: 1 },
    });
    expect(engine.state()).toEqual({ state: 'starting' });
    const input = { requestId: 'x', language: 'python', code: '', limits: {} };
    expect(await failure(engine.execute(input, { signal: forever }))).toMatchObject({
      code: 'starting',
      retryAfterSeconds: 2,
    });
  });

  it('knows what is installed', async () => {
    expect(await setUp().engine.installedRuntimes()).toEqual(['python@3.11', 'javascript@20']);
  });
});

describe('the queue', () => {
  it('lets no more run than there are places, and refuses when it is full', async () => {
    const running: FakeGuest[] = [];
    const full = event();
    const { execute, engine, driver } = setUp(
      {
        run: (guest) => {
          running.push(guest);
          if (running.length === 2) full.raise();
        },
      },
      { capacity: 2, queueCapacity: 1 },
    );
    const executions = [execute(), execute(), execute()];
    await full.raised;
    expect(await failure(execute())).toMatchObject({ code: 'overloaded', retryAfterSeconds: 2 });
    expect(engine.pools().health).toMatchObject({
      running: 2,
      capacity: 2,
      queued: 1,
      queue_capacity: 1,
      utilization: 1,
    });
    expect(driver.vms).toHaveLength(2);
    // The third one's guest finds the queue empty and ends at once.
    driver.script = {};
    for (const guest of running) {
      guest.started();
      guest.exit();
    }
    expect((await Promise.all(executions)).map((result) => result.status)).toEqual(['ok', 'ok', 'ok']);
    expect(engine.pools().health).toMatchObject({ running: 0, queued: 0, utilization: 0 });
    expect(driver.living).toBe(0);
  });

  it('lets clients take turns', async () => {
    const begun = event();
    const { execute, engine, driver } = setUp(endless(begun.raise), { capacity: 1 });
    const client = new AbortController();
    const running = failure(execute({}, client.signal));
    await begun.raised;
    const order: (string | undefined)[] = [];
    const waiting = ['greedy', 'greedy', 'modest'].map(async (each, index) => {
      await expect.poll(() => engine.pools().health.queued).toBe(index);
      await execute({ client: each });
      order.push(each);
    });
    await expect.poll(() => engine.pools().health.queued).toBe(3);
    driver.script = {};
    client.abort();
    await Promise.all([running, ...waiting]);
    expect(order).toEqual(['greedy', 'modest', 'greedy']);
  });

  it('refuses who waited too long', async () => {
    const begun = event();
    const { execute, driver } = setUp(endless(begun.raise), { capacity: 1, queueTimeoutMs: 10 });
    const client = new AbortController();
    const running = failure(execute({}, client.signal));
    await begun.raised;
    expect(await failure(execute())).toMatchObject({ code: 'overloaded', retryAfterSeconds: 5 });
    client.abort();
    await running;
    expect(driver.vms).toHaveLength(1);
  });
});

describe('a client that goes away', () => {
  const reason = new TvmError('client_closed_request', 'gone');

  it('before anything happened costs no VM', async () => {
    const { execute, driver } = setUp();
    expect(await failure(execute({}, AbortSignal.abort(reason)))).toBe(reason);
    expect(driver.vms).toEqual([]);
  });

  it('while it waits leaves the queue', async () => {
    const begun = event();
    const { execute, engine, driver } = setUp(endless(begun.raise), { capacity: 1 });
    const [first, second] = [new AbortController(), new AbortController()];
    const running = failure(execute({}, first.signal));
    await begun.raised;
    const waiting = failure(execute({}, second.signal));
    await expect.poll(() => engine.pools().health.queued).toBe(1);
    second.abort(reason);
    expect(await waiting).toBe(reason);
    expect(engine.pools().health.queued).toBe(0);
    first.abort(reason);
    await running;
    expect(driver.vms).toHaveLength(1);
  });

  it('while the process starts has no VM left', async () => {
    const client = new AbortController();
    const { execute, engine, driver } = setUp({ boot: () => client.abort(reason) });
    expect(await failure(execute({}, client.signal))).toBe(reason);
    expect(driver.living).toBe(0);
    expect(engine.pools()).toMatchObject({
      active_vms: [],
      statistics: { vms_created: 1, vms_destroyed: 1 },
      health: { running: 0 },
    });
  });

  it.each([
    ['the guest boots', (client: AbortController): GuestScript => ({ greet: () => client.abort(reason) })],
    [
      'the guest takes its identity',
      (client: AbortController): GuestScript => ({ init: () => client.abort(reason) }),
    ],
    [
      'the program is about to start',
      (client: AbortController): GuestScript => ({ run: () => client.abort(reason) }),
    ],
    ['the program runs', (client: AbortController): GuestScript => endless(() => client.abort(reason))],
    [
      'the program ends',
      (client: AbortController): GuestScript => ({
        run: (guest) => {
          guest.started();
          guest.exit();
          client.abort(reason);
        },
      }),
    ],
  ])('while %s has its VM destroyed before it is told', async (_when, script) => {
    const client = new AbortController();
    const { execute, engine, driver } = setUp(script(client));
    expect(await failure(execute({}, client.signal))).toBe(reason);
    expect(driver.vms.map((vm) => vm.isGone)).toEqual([true]);
    expect(engine.pools()).toMatchObject({
      active_vms: [],
      statistics: { vms_created: 1, vms_destroyed: 1, executions_count: 0 },
      health: { running: 0 },
    });
  });

  it('leaves nothing that an execution would wait for: the next one has the place', async () => {
    const client = new AbortController();
    const { execute, driver } = setUp(
      endless(() => client.abort(reason)),
      { capacity: 1 },
    );
    await failure(execute({}, client.signal));
    driver.script = {};
    expect(await execute()).toMatchObject({ status: 'ok' });
  });
});

describe('a VM that fails', () => {
  it('while it runs the program is a result: killed, with the output up to then', async () => {
    const { execute, driver, log } = setUp({
      run: (guest) => {
        guest.started();
        guest.stdout('partial');
        guest.close();
      },
    });
    const result = await execute();
    expect(result).toMatchObject({
      status: 'killed',
      exitCode: 137,
      signal: 'SIGKILL',
      stdoutTruncated: false,
    });
    expect(result.stdout.toString()).toBe('partial');
    expect(driver.vms.map((vm) => [vm.disposals, vm.isGone])).toEqual([[1, true]]);
    expect(await log.line('execution')).toMatchObject({ status: 'killed', host_reason: 'the guest is gone' });
  });

  it.each([
    ['garbage', Buffer.alloc(64, 0xff)],
    ['a frame out of order', Buffer.from('0100000043', 'hex')],
    ['an exit that contradicts itself', Buffer.from(`2500000045000109${'00'.repeat(33)}`, 'hex')],
  ])('by saying %s while it runs the program is a result: killed', async (_what, bytes) => {
    const { execute, driver } = setUp({
      run: (guest) => {
        guest.started();
        guest.stdout('partial');
        guest.raw(bytes);
      },
    });
    const result = await execute();
    expect(result).toMatchObject({ status: 'killed', exitCode: 137 });
    expect(result.stdout.toString()).toBe('partial');
    expect(driver.living).toBe(0);
  });

  it.each<[string, GuestScript]>([
    ['closes the channel at boot', { greet: (guest) => guest.close() }],
    ['speaks another generation', { greet: (guest) => guest.hello({ version: 3 }) }],
    ['has no root file system', { greet: (guest) => guest.hello({ flags: 0 }) }],
    ['greets with garbage', { greet: (guest) => guest.raw(Buffer.alloc(9, 0xff)) }],
    ['does not reseed its random numbers', { init: (guest) => guest.ready({ flags: 6 }) }],
    ['answers with another nonce', { init: (guest) => guest.ready({ nonce: Buffer.alloc(16) }) }],
    ['cannot be set up', { init: (guest) => guest.error(6, 'no entropy') }],
    ['closes the channel before READY', { init: (guest) => guest.close() }],
    ['cannot write the source', { run: (guest) => guest.error(3, 'disk full') }],
    ['cannot start the program', { run: (guest) => guest.error(4, 'python3: No such file') }],
    ['closes the channel before STARTED', { run: (guest) => guest.close() }],
  ])('and %s is vm_failed, with the facts in the log and none for the client', async (_what, script) => {
    const { execute, engine, driver } = setUp(script);
    const error = await failure(execute());
    expect(error).toMatchObject({
      code: 'vm_failed',
      message: 'the microVM failed before the program ran',
      context: { vm_id: driver.vms[0]?.id, console: 'end of the console', stderr: 'end of stderr' },
    });
    expect((error as TvmError).cause).toBeInstanceOf(Error);
    expect(driver.vms.map((vm) => [vm.disposals, vm.isGone])).toEqual([[1, true]]);
    expect(engine.pools()).toMatchObject({
      active_vms: [],
      statistics: { vms_created: 1, vms_destroyed: 1, executions_count: 0 },
      health: { running: 0 },
    });
  });

  it('to start its process is what the driver says', async () => {
    const refusal = new TvmError('host_unready', 'no qemu');
    const { execute, engine } = setUp({
      boot: () => {
        throw refusal;
      },
    });
    expect(await failure(execute())).toBe(refusal);
    expect(engine.pools()).toMatchObject({ active_vms: [], health: { running: 0 } });
  });

  it('to greet in time is vm_failed', async () => {
    const { execute, driver } = setUp({ greet: () => {} }, { bootTimeoutMs: 10 });
    const error = await failure(execute());
    expect(error).toMatchObject({
      code: 'vm_failed',
      cause: { message: 'no word from the guest within 10 ms' },
    });
    expect(driver.living).toBe(0);
  });

  it.each([
    ['take its identity', 10_000, (heard: () => void): GuestScript => ({ init: heard })],
    ['start the program', 20_000, (heard: () => void): GuestScript => ({ run: heard })],
  ])('to %s in time is vm_failed', async (_what, ms, script) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const heard = event();
    const { execute, driver } = setUp(script(heard.raise));
    const failed = failure(execute());
    await heard.raised;
    vi.advanceTimersByTime(ms - 1);
    expect(driver.living).toBe(1);
    vi.advanceTimersByTime(1);
    expect(await failed).toMatchObject({ code: 'vm_failed' });
    expect(driver.living).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('to end the program at its time limit is ended by the host: timeout, with the output up to then', async () => {
    const begun = event();
    const { execute, driver, log } = setUp(endless(begun.raise));
    const result = await execute({ limits: { timeoutMs: 1 } });
    expect(result).toMatchObject({ status: 'timeout', exitCode: 137, signal: 'SIGKILL', executionTimeMs: 1 });
    expect(result.stdout.toString()).toBe('partial');
    expect(driver.vms.map((vm) => [vm.disposals, vm.isGone])).toEqual([[1, true]]);
    expect(await log.line('execution')).toMatchObject({
      host_reason: 'the guest did not end the program at its time limit',
    });
  });
});

describe('a guest that lies', () => {
  it('about times and memory is believed no further than the host’s clock and the limits', async () => {
    const { execute } = setUp({
      run: (guest) => {
        guest.started();
        const most = Number.MAX_SAFE_INTEGER;
        guest.exit({ wallUs: most, userUs: most, systemUs: most, memoryPeakBytes: most });
      },
    });
    const result = await execute({ limits: { memoryMb: 64, cpuCount: 2 } });
    expect(result.executionTimeMs).toBeLessThanOrEqual(result.timings.run_ms);
    expect(result.cpuTimeMs).toBeLessThanOrEqual(2 * result.timings.run_ms);
    expect(result.memoryPeakBytes).toBe(64 * MIB);
  });

  it('about the output limit gets no more than that, and it is said', async () => {
    const { execute } = setUp({
      run: (guest) => {
        guest.started();
        for (let i = 0; i < 100; i++) guest.stdout(Buffer.alloc(60_000, 'x'));
        guest.stderr('y'.repeat(1000));
        guest.exit();
      },
    });
    const result = await execute();
    expect(result.stdout.toString()).toBe('x'.repeat(1000));
    expect(result.stderr.toString()).toBe('y'.repeat(1000));
    expect([result.stdoutTruncated, result.stderrTruncated]).toEqual([true, false]);
  });

  it('about truncation is believed: it alone knows what it held back', async () => {
    const { execute } = setUp({
      run: (guest) => {
        guest.started();
        guest.exit({ cause: 'output', exitCode: 137, signal: 9, stderrTruncated: true });
      },
    });
    expect(await execute()).toMatchObject({
      status: 'output_limit',
      stdoutTruncated: false,
      stderrTruncated: true,
    });
  });

  it('or goes on talking after its exit does no harm', async () => {
    const { execute, driver } = setUp({
      run: (guest) => {
        guest.started();
        guest.exit();
        for (let i = 0; i < 1000; i++) guest.stdout(Buffer.alloc(1000, 'x'));
      },
    });
    expect(await execute()).toMatchObject({ status: 'ok', stdout: Buffer.alloc(0) });
    expect(driver.living).toBe(0);
  });

  it('in any way gets a result within bounds or vm_failed, and its VM is gone', async () => {
    type Word = (guest: FakeGuest) => void;
    const number = fc.maxSafeNat();
    const word: fc.Arbitrary<Word> = fc.oneof(
      fc.constant<Word>((guest) => guest.started()),
      fc.constant<Word>((guest) => guest.hello()),
      fc.constant<Word>((guest) => guest.ready()),
      fc.string().map(
        (text): Word =>
          (guest) =>
            guest.stdout(text),
      ),
      fc.integer({ min: 1, max: 5000 }).map(
        (size): Word =>
          (guest) =>
            guest.stderr(Buffer.alloc(size)),
      ),
      fc.tuple(fc.integer({ min: 0, max: 7 }), fc.string()).map(
        ([code, text]): Word =>
          (guest) =>
            guest.error(code, text),
      ),
      fc
        .record({
          cause: fc.constantFrom('exited', 'signaled', 'timeout', 'memory', 'output'),
          exitCode: fc.nat(255),
          signal: fc.nat(70),
          wallUs: number,
          userUs: number,
          systemUs: number,
          memoryPeakBytes: number,
        })
        .map(
          (exit): Word =>
            (guest) =>
              guest.exit(exit),
        ),
      fc.constant<Word>((guest) => guest.exit()),
      fc.uint8Array().map(
        (bytes): Word =>
          (guest) =>
            guest.raw(Buffer.from(bytes)),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(word), async (starts, words) => {
        const { execute, engine, driver } = setUp({
          run: (guest) => {
            if (starts) guest.started();
            for (const say of words) say(guest);
            guest.close();
          },
        });
        const result = await execute().catch((error: unknown) => error);
        expect(driver.living).toBe(0);
        expect(engine.pools()).toMatchObject({ active_vms: [], health: { running: 0 } });
        if (result instanceof Error) {
          expect(result).toMatchObject({ code: 'vm_failed' });
          return;
        }
        const { status, exitCode, stdout, stderr, memoryPeakBytes, executionTimeMs, timings } =
          result as ExecutionResult;
        expect(EXECUTION_STATUSES).toContain(status);
        expect([exitCode >= 0, exitCode <= 255, stdout.length <= 1000, stderr.length <= 1000]).toEqual([
          true,
          true,
          true,
          true,
        ]);
        expect(memoryPeakBytes).toBeLessThanOrEqual(128 * MIB);
        expect(executionTimeMs).toBeLessThanOrEqual(timings.run_ms);
      }),
      { numRuns: 200 },
    );
  });
});

describe('stopping', () => {
  it('lets running executions end, refuses those that wait and those that come', async () => {
    const guests: FakeGuest[] = [];
    const begun = event();
    const { execute, engine, driver } = setUp(
      {
        run: (guest) => {
          guests.push(guest);
          begun.raise();
        },
      },
      { capacity: 1 },
    );
    const running = execute();
    await begun.raised;
    const waiting = failure(execute());
    await expect.poll(() => engine.pools().health.queued).toBe(1);
    const stopped = engine.stop(60_000).then(() => driver.living);
    expect(engine.state()).toEqual({ state: 'stopping' });
    expect(await waiting).toMatchObject({ code: 'stopping', retryAfterSeconds: 5 });
    expect(await failure(execute())).toMatchObject({ code: 'stopping' });
    guests[0]?.started();
    guests[0]?.exit();
    expect(await running).toMatchObject({ status: 'ok' });
    expect(await stopped).toBe(0);
    engine.ready(driver, BOOT);
    expect(engine.state()).toEqual({ state: 'stopping' });
  });

  it('kills, after the grace, what still runs, boots or is about to, and waits for its end', async () => {
    const [begun, booting] = [event(), event()];
    const { execute, engine, driver } = setUp(endless(begun.raise));
    const running = failure(execute());
    await begun.raised;
    driver.script = { greet: () => booting.raise() };
    const starting = failure(execute());
    await booting.raised;
    expect(driver.living).toBe(2);
    await engine.stop(0);
    expect(driver.living).toBe(0);
    expect(engine.pools()).toMatchObject({ active_vms: [], health: { running: 0, queued: 0 } });
    expect(await running).toMatchObject({ code: 'stopping' });
    expect(await starting).toMatchObject({ code: 'stopping' });
  });

  it('at once has nothing to wait for when nothing runs', async () => {
    const { engine } = setUp();
    await engine.stop(60_000);
    expect(engine.state()).toEqual({ state: 'stopping' });
  });
});

describe('the figures of the pools', () => {
  it('are true before, while a VM boots, runs and dies, and after', async () => {
    const seen: [string, object][] = [];
    const look = (when: string): void => {
      const { statistics, health, active_vms: active } = engine.pools();
      const { vms_created, vms_destroyed, executions_count } = statistics;
      const [state = 'none'] = active.map((vm) => vm.state);
      seen.push([when, [state, health.running, vms_created, vms_destroyed, executions_count]]);
    };
    const { engine, execute } = setUp({
      boot: () => look('booting'),
      run: (guest) => {
        look('running');
        guest.started();
        guest.exit();
      },
      dispose: () => look('dying'),
    });
    look('before');
    await execute();
    look('after');
    expect(seen).toEqual([
      ['before', ['none', 0, 0, 0, 0]],
      ['booting', ['starting', 1, 1, 0, 0]],
      ['running', ['running', 1, 1, 0, 0]],
      ['dying', ['ending', 1, 1, 0, 0]],
      ['after', ['none', 0, 1, 1, 1]],
    ]);
  });

  it.each<[string, GuestScript, number]>([
    ['that does not start', { boot: () => Promise.reject(new TvmError('vm_failed', 'no')) }, 1],
    ['that does not greet', { greet: (guest) => guest.close() }, 1],
    ['lost before the program', { run: (guest) => guest.close() }, 1],
    [
      'lost under the program',
      {
        run: (guest) => {
          guest.started();
          guest.close();
        },
      },
      1,
    ],
    ['whose program fails', { run: failing }, 0],
  ])('count a VM %s once', async (_what, script, failures) => {
    const { engine, execute } = setUp(script);
    await execute().catch(() => {});
    expect(engine.pools().statistics).toMatchObject({
      vm_failures: failures,
      vms_created: 1,
      vms_destroyed: 1,
    });
  });

  it('count no failure when a client leaves', async () => {
    const begun = event();
    const { engine, execute } = setUp(endless(begun.raise));
    const client = new AbortController();
    const running = failure(execute({}, client.signal));
    await begun.raised;
    client.abort();
    await running;
    expect(engine.pools().statistics.vm_failures).toBe(0);
  });

  it('name each VM with its language and age, and count by language', async () => {
    const begun = event();
    const { engine, execute, driver } = setUp();
    await execute({ language: 'js' });
    await execute();
    driver.script = endless(begun.raise);
    const client = new AbortController();
    const running = failure(execute({ requestId: 'r-1' }, client.signal));
    await begun.raised;
    const report = engine.pools();
    const misses = { executions: 1, pool_hits: 0, pool_misses: 1, restores: 0, boots: 1 };
    const booted = { ...misses, vms_destroyed: 1, vm_failures: 0 };
    expect(report.pool_status).toEqual({});
    expect(report.active_vms).toEqual([
      {
        id: '0123456789abcdef-r-1',
        language: 'python',
        language_version: '3.11',
        state: 'running',
        age_seconds: expect.any(Number) as number,
      },
    ]);
    expect(report.active_vms[0]?.age_seconds).toBeGreaterThanOrEqual(0);
    expect(report.statistics.by_language).toEqual({
      javascript: { ...booted, vms_created: 1 },
      python: { ...booted, vms_created: 2 },
    });
    expect(report.statistics).toMatchObject({ executions_count: 2, boots: 2, vms_created: 3 });
    expect(report.health).toMatchObject({ utilization: 0.5, pool_hit_rate: 0 });
    expect(new Date(report.timestamp).toISOString()).toBe(report.timestamp);
    client.abort();
    await running;
  });
});
