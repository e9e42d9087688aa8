import { getEventListeners } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { FakeDriver } from '../../../test/doubles/fake-driver.ts';
import type { GuestScript } from '../../../test/doubles/fake-driver.ts';
import { recordingLogger } from '../../../test/doubles/recording-logger.ts';
import type { Machine } from '../machine/machine.ts';
import { shapeName } from '../template/shape.ts';
import type { MachineShape } from '../template/shape.ts';
import { MachineSupply } from './supply.ts';
import type { MachineOrigin, PoolLimits, SupplyOptions } from './supply.ts';

const SHAPE: MachineShape = { runtime: 'python@3.11', memoryMb: 128, cpuCount: 1 };
const OTHER: MachineShape = { runtime: 'javascript@20', memoryMb: 128, cpuCount: 1 };
const NAME = shapeName(SHAPE);
const forever = new AbortController().signal;

/** A pool that holds so many clones of each shape, on a host with room for them. */
function fixed(size: number): PoolLimits {
  return { min: size, max: size, cpus: 1, memory: () => ({ totalMb: 64_000, availableMb: 64_000 }) };
}

let folder: string;
let templates: string;
let rootfs: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-supply-'));
  templates = join(folder, 'templates');
  rootfs = file('rootfs');
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

/** A file that is written once: another time would make it another ingredient. */
function file(name: string): string {
  if (!existsSync(join(folder, name))) writeFileSync(join(folder, name), name);
  return join(folder, name);
}

/** A supply with a monitor whose guests follow a script; at the end of the test nothing of it may be left. */
function setUp(script: GuestScript = {}, different: Partial<SupplyOptions> = {}, { clones = true } = {}) {
  const driver = new FakeDriver(script, { clones });
  const log = recordingLogger();
  const counts = { created: 0, destroyed: 0 };
  const held: Machine[] = [];
  let requests = 0;
  const supply = new MachineSupply({
    driver,
    boot: { kernel: file('kernel'), initrd: file('initrd') },
    templatesFolder: templates,
    templates: 'make',
    pool: fixed(0),
    bootTimeoutMs: 60_000,
    logger: log.logger,
    vmId: (id) => `instance-${id}`,
    rootfsOf: async () => rootfs,
    busy: () => 0,
    isUsual: () => true,
    warmUp: async () => {},
    onCreated: () => {
      counts.created += 1;
    },
    onDestroyed: () => {
      counts.destroyed += 1;
    },
    onFailed: () => {},
    ...different,
  });
  const acquire = async (
    shape: MachineShape = SHAPE,
    signal: AbortSignal = forever,
  ): Promise<{ machine: Machine; origin: MachineOrigin }> => {
    const acquired = await supply.acquire(shape, rootfs, `r-${(requests += 1)}`, signal);
    held.push(acquired.machine);
    return acquired;
  };
  const state = (name = NAME): string | undefined => supply.report().templates[name];
  const reaches = async (wanted: string, name = NAME): Promise<void> =>
    expect.poll(() => state(name), { interval: 2 }).toBe(wanted);
  const idle = (): string[] => supply.report().shelves.flatMap(({ idle }) => idle.map(({ id }) => id));
  const fills = async (count: number): Promise<void> =>
    expect.poll(() => idle().length, { interval: 2 }).toBe(count);
  const roles = (): string[] => driver.vms.map(({ role }) => role);
  onTestFinished(async () => {
    vi.useRealTimers();
    await supply.close();
    await Promise.all(held.map(async (machine) => machine[Symbol.asyncDispose]()));
    expect(driver.living).toBe(0);
    expect(counts.destroyed).toBe(counts.created);
    // Every template has exactly its record; nothing is half-made.
    const left = existsSync(templates) ? readdirSync(templates) : [];
    expect(left.filter((name) => name.startsWith('.'))).toEqual([]);
  });
  return { supply, driver, log, counts, acquire, state, reaches, idle, fills, roles };
}

/** Makes the template of SHAPE, as an earlier TVM would have. */
async function makeTemplate(): Promise<void> {
  const { supply, reaches } = setUp();
  supply.prepare(SHAPE);
  await reaches('ready');
  await supply.close();
}

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

describe('a machine', () => {
  it('is taken from the pool if one waits there, else cloned, else booted', async () => {
    const { acquire, reaches, fills, driver, idle } = setUp({}, { pool: fixed(1) });
    const booted = await acquire();
    expect(booted.origin).toBe('booted');
    expect(booted.machine.vm.id).toBe('instance-r-1');
    await reaches('ready');
    await fills(1);
    const [waiting] = idle();
    // The pool makes its next machine in the background, but not before this one is handed out.
    const begun = event();
    driver.script = { restore: async ({ id }) => (id.startsWith('instance-r-') ? undefined : begun.raised) };
    const pooled = await acquire();
    expect([pooled.origin, pooled.machine.vm.id]).toEqual(['pooled', waiting]);
    const restored = await acquire();
    expect([restored.origin, restored.machine.vm.id]).toEqual(['restored', 'instance-r-3']);
    begun.raise();
    await fills(1);
    const { spec } = driver.vms.find(({ id }) => id === 'instance-r-3') ?? {};
    expect(spec).toMatchObject({ memoryMb: 240, cpuCount: 1, rootfs });
  });

  it('is booted, each time, by a monitor that cannot clone', async () => {
    const { acquire, roles, supply } = setUp({}, { pool: fixed(2) }, { clones: false });
    supply.prepare(SHAPE);
    for (let count = 0; count < 3; count++) expect((await acquire()).origin).toBe('booted');
    expect([roles(), supply.report()]).toEqual([['plain', 'plain', 'plain'], { shelves: [], templates: {} }]);
  });

  it('is booted, each time, when templates are off', async () => {
    const { acquire, roles, supply } = setUp({}, { pool: fixed(2), templates: 'off' });
    expect([(await acquire()).origin, (await acquire()).origin]).toEqual(['booted', 'booted']);
    expect([roles(), supply.report().templates]).toEqual([['plain', 'plain'], {}]);
  });

  it('waits in the pool only if its shape is one to be kept ready', async () => {
    const { acquire, reaches, fills, supply } = setUp(
      {},
      { pool: fixed(1), isUsual: ({ runtime }) => runtime === OTHER.runtime },
    );
    supply.prepare(OTHER);
    await acquire();
    await reaches('ready');
    await reaches('ready', shapeName(OTHER));
    await fills(1);
    expect(supply.report().shelves).toMatchObject([{ shape: OTHER, available: 1, target: 1 }]);
    expect([(await acquire()).origin, (await acquire(OTHER)).origin]).toEqual(['restored', 'pooled']);
  });

  it('is used by one alone, however many ask at once', async () => {
    const { acquire, reaches, fills } = setUp({}, { pool: fixed(2) });
    await acquire();
    await reaches('ready');
    await fills(2);
    const acquired = await Promise.all(Array.from({ length: 8 }, async () => acquire()));
    expect(new Set(acquired.map(({ machine }) => machine.vm.id)).size).toBe(8);
    expect(acquired.filter(({ origin }) => origin === 'pooled').length).toBeGreaterThanOrEqual(2);
  });

  it('that died in the pool is not handed out, even before its end is known', async () => {
    const { acquire, driver, reaches, fills, idle, counts } = setUp({}, { pool: fixed(2) });
    await acquire();
    await reaches('ready');
    await fills(2);
    const [oldest, next] = idle();
    driver.vms.find(({ id }) => id === oldest)?.channel.destroy();
    const before = counts.destroyed;
    const { machine, origin } = await acquire();
    expect([origin, machine.vm.id]).toEqual(['pooled', next]);
    expect(counts.destroyed).toBe(before + 1);
    await fills(2);
  });

  it('is counted until it is gone, once', async () => {
    const { acquire, counts, reaches, driver } = setUp();
    await acquire();
    await reaches('ready');
    const { machine } = await acquire();
    expect(counts).toEqual({ created: 2, destroyed: 0 });
    await Promise.all([machine[Symbol.asyncDispose](), machine[Symbol.asyncDispose]()]);
    await machine[Symbol.asyncDispose]();
    expect(counts).toEqual({ created: 2, destroyed: 1 });
    driver.script = { init: (guest) => guest.close() };
    expect(await failure(acquire())).toMatchObject({ code: 'vm_failed' });
    expect(counts.created - counts.destroyed).toBe(1);
  });
});

describe('a template', () => {
  it('is loaded before the first machine is given: that takes less time than a boot', async () => {
    await makeTemplate();
    const asked = event();
    const { acquire, roles, state } = setUp({}, { rootfsOf: async () => asked.raised.then(() => rootfs) });
    const acquired = acquire();
    await new Promise(setImmediate);
    expect([roles(), state()]).toEqual([[], 'loading']);
    asked.raise();
    expect((await acquired).origin).toBe('restored');
    expect(roles()).toEqual(['clone']);
  });

  it('is made in the background: nobody waits for that', async () => {
    const saved = event();
    const { acquire, roles, state, reaches } = setUp({ save: async () => saved.raised });
    expect((await acquire()).origin).toBe('booted');
    await reaches('building');
    expect((await acquire()).origin).toBe('booted');
    expect(state()).toBe('building');
    saved.raise();
    await reaches('ready');
    expect((await acquire()).origin).toBe('restored');
    expect(roles().filter((role) => role === 'template')).toHaveLength(1);
  });

  it('is made after the one before: a boot takes a CPU', async () => {
    const saved = event();
    const { supply, driver, reaches } = setUp({ save: async () => saved.raised });
    supply.prepare(SHAPE);
    supply.prepare(SHAPE);
    supply.prepare(OTHER);
    await reaches('building', shapeName(OTHER));
    await expect.poll(() => driver.vms.length).toBe(1);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
    expect(driver.vms).toHaveLength(1);
    saved.raise();
    await reaches('ready');
    await reaches('ready', shapeName(OTHER));
    expect(driver.vms).toHaveLength(2);
  });

  it('is never made when it is only to be loaded', async () => {
    const { acquire, roles, state, log } = setUp({}, { templates: 'load', pool: fixed(1) });
    expect((await acquire()).origin).toBe('booted');
    expect(state()).toBe('failed');
    expect((await acquire()).origin).toBe('booted');
    expect([roles(), existsSync(templates)]).toEqual([['plain', 'plain'], false]);
    expect(await log.line('no template')).toMatchObject({ template: NAME, reason: 'not in the cache' });
  });

  it('that is in the cache is used when it is only to be loaded', async () => {
    await makeTemplate();
    const { acquire } = setUp({}, { templates: 'load' });
    expect((await acquire()).origin).toBe('restored');
  });

  it('that cannot be made is logged with the facts, and machines are booted', async () => {
    const { acquire, driver, reaches, log } = setUp({ greet: (guest) => guest.hello({ flags: 0 }) });
    const first = failure(acquire());
    await reaches('failed');
    await first;
    driver.script = {};
    expect((await acquire()).origin).toBe('booted');
    expect(await log.line('no template')).toMatchObject({
      reason: 'no template could be made: the guest has no root file system',
      console: 'end of the console',
    });
  });

  it('of a runtime whose image is gone, or cannot be looked for, is not made', async () => {
    for (const rootfsOf of [
      async () => undefined,
      async () => {
        throw new Error('no folder');
      },
    ]) {
      const { acquire, state } = setUp({}, { rootfsOf });
      expect((await acquire()).origin).toBe('booted');
      expect(state()).toBe('failed');
    }
  });
});

describe('a clone that fails', () => {
  it.each<[string, GuestScript]>([
    [
      'to start',
      {
        restore: () => {
          throw new Error('bad state');
        },
      },
    ],
    ['to take its identity', { init: (guest) => guest.error(6, 'no entropy') }],
    ['by another nonce', { init: (guest) => guest.ready({ nonce: Buffer.alloc(16) }) }],
  ])(
    '%s twice discards the template; the machines are booted and another template made',
    async (_how, script) => {
      const { acquire, driver, reaches, log, counts, state } = setUp();
      await acquire();
      await reaches('ready');
      const [folderOfOld = ''] = readdirSync(templates);
      const { init } = script;
      let identities = 0;
      // Of each request the clone fails, and what is booted in its place does not.
      driver.script = {
        ...script,
        init: (guest) => (init && identities++ % 2 === 0 ? init(guest) : guest.ready()),
      };
      expect((await acquire()).origin).toBe('booted');
      expect([state(), existsSync(join(templates, folderOfOld))]).toEqual(['ready', true]);
      expect((await acquire()).origin).toBe('booted');
      expect(await log.line('a clone failed again: template discarded')).toMatchObject({ template: NAME });
      expect(counts.created - counts.destroyed).toBe(3);
      driver.script = {};
      await reaches('ready');
      expect((await acquire()).origin).toBe('restored');
      expect(driver.vms.filter(({ role }) => role === 'template')).toHaveLength(2);
    },
  );

  it('for several at once discards it once, and none of them fails', async () => {
    const { acquire, driver, reaches, roles } = setUp();
    await acquire();
    await reaches('ready');
    driver.script = {
      restore: () => {
        throw new Error('bad state');
      },
    };
    const acquired = await Promise.all(Array.from({ length: 5 }, async () => acquire()));
    expect(acquired.map(({ origin }) => origin)).toEqual(Array(5).fill('booted'));
    driver.script = {};
    await acquire();
    await reaches('ready');
    expect((await acquire()).origin).toBe('restored');
    expect(roles().filter((role) => role === 'template')).toHaveLength(2);
  });

  it('in the background, too, leaves the pool nothing to make until there is another template', async () => {
    const { acquire, driver, reaches, fills, log } = setUp({}, { pool: fixed(1) });
    let failures = 0;
    driver.script = {
      restore: () => {
        if (failures++ < 2) throw new Error('bad state');
      },
    };
    await acquire();
    await reaches('ready');
    await log.line('refill failed');
    expect((await acquire()).origin).toBe('booted');
    await log.line('a clone failed again: template discarded');
    await reaches('ready');
    await fills(1);
    expect((await acquire()).origin).toBe('pooled');
  });

  it('to be restored in time is nobody’s, and leaves nothing', async () => {
    const { acquire, driver, reaches, counts } = setUp();
    await acquire();
    await reaches('ready');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const begun = event();
    // As a monitor does: it ends when it is told to, and cleans up.
    driver.script = {
      restore: async (_spec, _files, signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
          begun.raise();
        }),
    };
    const acquired = acquire();
    await begun.raised;
    driver.script = {};
    vi.advanceTimersByTime(10_000);
    expect((await acquired).origin).toBe('booted');
    expect(counts.created - counts.destroyed).toBe(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('at its warm-up is destroyed, and not handed out', async () => {
    const { acquire, reaches, log, idle, driver } = setUp(
      {},
      {
        pool: fixed(1),
        warmUp: async () => {
          throw new Error('no python3');
        },
      },
    );
    await acquire();
    await reaches('ready');
    expect(await log.line('refill failed')).toMatchObject({ reason: 'no python3', shape: NAME });
    expect(idle()).toEqual([]);
    expect(driver.vms.filter(({ role }) => role === 'clone').map(({ isGone }) => isGone)).toEqual([true]);
  });

  it('at its warm-up, and again, discards the template; when those of the next one fail, too, it rests', async () => {
    let warmed = 0;
    const warmUp = async (): Promise<void> => {
      warmed += 1;
      throw new Error('no python3');
    };
    const { supply, reaches, roles, log } = setUp({}, { pool: fixed(1), warmUp });
    supply.prepare(SHAPE);
    await log.line('a clone failed again: template discarded');
    await reaches('failed');
    expect([warmed, roles().filter((role) => role === 'template').length]).toEqual([4, 2]);
  });

  it('once, then not, then once again is no reason to discard the template', async () => {
    const { acquire, driver, reaches, roles, log } = setUp();
    await acquire();
    await reaches('ready');
    let clones = 0;
    driver.script = {
      restore: () => {
        if (clones++ % 2 === 0) throw new Error('too late');
      },
    };
    const origins: MachineOrigin[] = [];
    for (let count = 0; count < 6; count++) origins.push((await acquire()).origin);
    expect(origins).toEqual(['booted', 'restored', 'booted', 'restored', 'booted', 'restored']);
    expect(roles().filter((role) => role === 'template')).toHaveLength(1);
    expect(log.lines.filter(({ msg }) => msg === 'a clone failed')).toHaveLength(3);
  });

  it('because its process is killed while it restores leaves nothing; the request boots', async () => {
    const { acquire, driver, reaches, counts } = setUp();
    await acquire();
    await reaches('ready');
    let isFirst = true;
    driver.script = {
      init: (guest) => {
        // All that the host learns is that the channel ends.
        if (isFirst) guest.close();
        else guest.ready();
        isFirst = false;
      },
    };
    expect((await acquire()).origin).toBe('booted');
    const clone = driver.vms.find(({ role }) => role === 'clone');
    expect([clone?.isGone, driver.living, counts.created - counts.destroyed]).toEqual([true, 2, 2]);
  });

  it('because its agent is silent is given up in time; the request boots', async () => {
    const { acquire, driver, reaches, counts } = setUp();
    await acquire();
    await reaches('ready');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const asked = event();
    driver.script = { init: () => asked.raise() };
    const acquired = acquire();
    await asked.raised;
    driver.script = {};
    vi.advanceTimersByTime(10_000);
    expect((await acquired).origin).toBe('booted');
    expect([driver.living, counts.created - counts.destroyed]).toEqual([2, 2]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('together with the boot in its place is a clean error', async () => {
    const { acquire, driver, reaches, counts } = setUp();
    await acquire();
    await reaches('ready');
    driver.script = { init: (guest) => guest.close() };
    expect(await failure(acquire())).toMatchObject({ code: 'vm_failed' });
    expect([driver.living, counts.created - counts.destroyed]).toEqual([1, 1]);
  });
});

describe('a template that failed', () => {
  it('is tried again after rests that grow to half an hour, when it is asked for', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { acquire, supply, driver, reaches, roles, state, log } = setUp({
      greet: (guest) => guest.hello({ flags: 0 }),
    });
    // Polling would advance the clock.
    const fails = async (): Promise<void> => {
      while (state() !== 'failed') await new Promise(setImmediate);
    };
    supply.prepare(SHAPE);
    const rests = [1, 2, 4, 8, 16, 30, 30].map((minutes) => minutes * 60_000);
    for (const restMs of rests) {
      await fails();
      vi.advanceTimersByTime(restMs - 1);
      supply.prepare(SHAPE);
      expect([restMs, state()]).toEqual([restMs, 'failed']);
      vi.advanceTimersByTime(1);
      supply.prepare(SHAPE);
      expect([restMs, state()]).toEqual([restMs, 'loading']);
    }
    await fails();
    expect(roles()).toHaveLength(rests.length + 1);
    const lines = log.lines.filter(({ msg }) => msg === 'no template');
    expect(lines.map((line) => line['retry_ms']).slice(0, rests.length)).toEqual(rests);
    driver.script = {};
    vi.advanceTimersByTime(30 * 60_000);
    expect((await acquire()).origin).toBe('booted');
    await reaches('ready');
    expect((await acquire()).origin).toBe('restored');
  });

  it('because its clones fail, and those of the next one too, rests', async () => {
    const { acquire, driver, reaches, roles } = setUp();
    await acquire();
    await reaches('ready');
    driver.script = {
      restore: () => {
        throw new Error('bad state');
      },
    };
    await acquire();
    await acquire();
    await reaches('ready');
    await acquire();
    await acquire();
    await reaches('failed');
    await acquire();
    expect(roles().filter((role) => role === 'template')).toHaveLength(2);
  });
});

describe('the pool', () => {
  it('is not filled while programs or the making of a template take the CPUs', async () => {
    let busy = 1;
    const saved = event();
    const { supply, driver, reaches, idle, fills } = setUp({}, { pool: fixed(1), busy: () => busy });
    supply.prepare(SHAPE);
    await reaches('ready');
    expect(driver.vms.map(({ role }) => role)).toEqual(['template']);
    driver.script = { save: async () => saved.raised };
    supply.prepare(OTHER);
    const phase = (): string | undefined => supply.templateProgress()[shapeName(OTHER)]?.phase;
    await expect.poll(phase, { interval: 2 }).toBe('saving');
    busy = 0;
    supply.cpuFreed();
    await new Promise(setImmediate);
    expect(idle()).toEqual([]);
    saved.raise();
    await reaches('ready', shapeName(OTHER));
    await fills(2);
  });

  it('gets a shape that is not usual when it is asked for again', async () => {
    const { acquire, supply, reaches, fills } = setUp(
      {},
      { pool: { ...fixed(4), min: 2 }, isUsual: () => false },
    );
    await acquire();
    await reaches('ready');
    expect((await acquire()).origin).toBe('restored');
    expect(supply.report().shelves).toEqual([]);
    expect((await acquire()).origin).toBe('restored');
    await fills(1);
    expect(supply.report().shelves).toMatchObject([{ shape: SHAPE, available: 1, target: 1 }]);
    expect((await acquire()).origin).toBe('pooled');
  });

  it('gives what waits without a look at the ingredients, once in a second', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { acquire, reaches, fills } = setUp({}, { pool: fixed(2) });
    await acquire();
    await reaches('ready');
    await fills(2);
    utimesSync(rootfs, 1, 1);
    expect((await acquire()).origin).toBe('pooled');
    // What opens the files anew is always checked; so the pool makes no more of these.
    expect((await acquire()).origin).toBe('pooled');
    expect((await acquire()).origin).toBe('booted');
  });
});

describe('an image that was rebuilt', () => {
  it.each<[string, () => void]>([
    [
      'under another path',
      () => {
        rootfs = file('rootfs-2');
      },
    ],
    ['under the same path', () => utimesSync(rootfs, 1, 1)],
  ])('%s is not served by old clones; it gets a template of its own', async (_where, rebuild) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { acquire, reaches, fills, idle, driver } = setUp({}, { pool: fixed(2) });
    await acquire();
    await reaches('ready');
    await fills(2);
    const old = idle();
    rebuild();
    // Ingredients are looked at once a second.
    vi.advanceTimersByTime(1000);
    const { origin, machine } = await acquire();
    expect([origin, machine.vm.id]).toEqual(['booted', 'instance-r-2']);
    for (const id of old) expect(driver.vms.find((vm) => vm.id === id)?.isGone).toBe(true);
    await reaches('ready');
    await fills(2);
    const after = await acquire();
    expect(after.origin).toBe('pooled');
    expect(old).not.toContain(after.machine.vm.id);
    expect(driver.vms.find(({ id }) => id === after.machine.vm.id)?.spec.rootfs).toBe(rootfs);
    expect(driver.vms.filter(({ role }) => role === 'template')).toHaveLength(2);
  });

  it('is not cloned into the pool while nobody asks', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const [arrived, warm] = [event(), event()];
    const warmUp = async (): Promise<void> => {
      arrived.raise();
      await warm.raised;
    };
    const { acquire, supply, driver, log } = setUp({}, { pool: fixed(2), warmUp });
    supply.prepare(SHAPE);
    await arrived.raised;
    utimesSync(rootfs, 1, 1);
    warm.raise();
    expect(await log.line('refill failed')).toMatchObject({ reason: 'the template is outdated' });
    vi.advanceTimersByTime(1000);
    expect((await acquire()).origin).toBe('booted');
    expect(driver.living).toBe(1);
  });
});

describe('a client that goes away', () => {
  const reason = new Error('gone');

  it('while the template is loaded is told at once, and leaves no listener', async () => {
    const asked = event();
    const client = new AbortController();
    const { acquire, roles } = setUp({}, { rootfsOf: async () => asked.raised.then(() => rootfs) });
    const acquired = failure(acquire(SHAPE, client.signal));
    await new Promise(setImmediate);
    client.abort(reason);
    expect(await acquired).toBe(reason);
    asked.raise();
    expect(roles()).not.toContain('plain');
    expect(getEventListeners(client.signal, 'abort')).toEqual([]);
  });

  it('while its machine is cloned has it destroyed before it is told; the template stays', async () => {
    for (const [when, script] of [
      ['starting', (abort: () => void): GuestScript => ({ restore: abort })],
      ['identifying', (abort: () => void): GuestScript => ({ init: abort })],
    ] as const) {
      const client = new AbortController();
      const { acquire, driver, reaches, counts, state } = setUp();
      await acquire();
      await reaches('ready');
      driver.script = script(() => client.abort(reason));
      expect([when, await failure(acquire(SHAPE, client.signal))]).toEqual([when, reason]);
      expect([driver.living, counts.created - counts.destroyed, state()]).toEqual([1, 1, 'ready']);
    }
  });

  it('never leaves a listener on a signal that lives on', async () => {
    const { signal } = new AbortController();
    const { acquire, reaches, fills } = setUp({}, { pool: fixed(1) });
    await acquire(SHAPE, signal);
    await reaches('ready');
    await fills(1);
    for (let count = 0; count < 3; count++) await acquire(SHAPE, signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('closing', () => {
  it('destroys what waits, and makes nothing more', async () => {
    const { supply, acquire, reaches, fills, driver } = setUp({}, { pool: fixed(2) });
    const { machine } = await acquire();
    await reaches('ready');
    await fills(2);
    await supply.close();
    expect(driver.living).toBe(1);
    supply.prepare(OTHER);
    expect(supply.report()).toMatchObject({ shelves: [], templates: { [NAME]: 'ready' } });
    await machine[Symbol.asyncDispose]();
    await supply.close();
  });

  it.each<[string, (arrived: () => void) => GuestScript]>([
    ['its process starts', (arrived) => ({ boot: arrived })],
    ['its guest boots', (arrived) => ({ greet: arrived })],
    ['it is saved', (arrived) => ({ save: async () => (arrived(), new Promise(() => {})) })],
  ])('ends the making of a template while %s', async (_when, script) => {
    const arrived = event();
    const { supply, driver, log } = setUp(script(arrived.raise));
    supply.prepare(SHAPE);
    supply.prepare(OTHER);
    await arrived.raised;
    await supply.close();
    expect([driver.living, driver.vms.length]).toEqual([0, 1]);
    expect(readdirSync(templates)).toEqual([]);
    expect(log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it('waits for what is being looked for, and nothing is made of it afterwards', async () => {
    const asked = event();
    const { supply, driver } = setUp({}, { rootfsOf: async () => asked.raised.then(() => rootfs) });
    supply.prepare(SHAPE);
    const closed = supply.close();
    asked.raise();
    await closed;
    const after = existsSync(templates);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
    expect([driver.vms, after, existsSync(templates)]).toEqual([[], false, false]);
  });

  it('ends the cloning and the warm-up of a machine for the pool', async () => {
    for (const place of ['restore', 'init', 'warmUp'] as const) {
      const arrived = event();
      const script: GuestScript = {
        restore: () => {
          if (place === 'restore') arrived.raise();
        },
        init: (guest) => {
          if (place === 'init') arrived.raise();
          else guest.ready();
        },
      };
      const { supply, driver, counts, log } = setUp(script, {
        pool: fixed(1),
        warmUp: async (machine) => {
          if (place === 'warmUp') arrived.raise();
          // As an engine's: it ends when the machine does.
          await machine.vm.exited;
          throw new Error('the guest is gone');
        },
      });
      supply.prepare(SHAPE);
      await arrived.raised;
      await supply.close();
      expect([place, driver.living, counts]).toEqual([place, 0, { created: 1, destroyed: 1 }]);
      expect(log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
    }
  });

  it('at any moment of a busy life leaves nothing', async () => {
    for (let ms = 0; ms < 30; ms += 3) {
      const { supply, acquire, driver } = setUp({}, { pool: fixed(2) });
      const requests = Array.from({ length: 6 }, async (_, index) => {
        await new Promise((resolve) => {
          setTimeout(resolve, index * 4);
        });
        return acquire(index % 2 ? SHAPE : OTHER);
      });
      await new Promise((resolve) => {
        setTimeout(resolve, ms);
      });
      await supply.close();
      const acquired = await Promise.allSettled(requests);
      for (const result of acquired) {
        if (result.status === 'fulfilled') await result.value.machine[Symbol.asyncDispose]();
      }
      expect([ms, driver.living]).toEqual([ms, 0]);
    }
  });
});

it('a damaged template in the cache is made anew', async () => {
  await makeTemplate();
  const [name = ''] = readdirSync(templates);
  truncateSync(join(templates, name, 'memory'), 1);
  const { acquire, reaches, log } = setUp();
  expect((await acquire()).origin).toBe('booted');
  await reaches('ready');
  expect(log.lines.map(({ msg }) => msg)).toContain('template damaged');
  expect((await acquire()).origin).toBe('restored');
});
