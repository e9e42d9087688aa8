import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeDriver } from '../../../test/doubles/fake-driver.ts';
import type { FakeGuest, GuestScript } from '../../../test/doubles/fake-driver.ts';
import { silentLogger } from '../../observability/log.ts';
import { shapeName } from '../template/shape.ts';
import type { MachineShape } from '../template/shape.ts';
import { MachineSupply } from './supply.ts';
import type { SupplyOptions } from './supply.ts';

const SHAPE: MachineShape = { runtime: 'python@3.11', memoryMb: 128, cpuCount: 1 };
const OTHER: MachineShape = { runtime: 'javascript@20', memoryMb: 128, cpuCount: 1 };
const forever = new AbortController().signal;

/** A supply that makes templates and keeps one clone of each ready. */
function setUp(script: GuestScript, different: Partial<SupplyOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tvm-figures-'));
  const file = (name: string): string => {
    writeFileSync(join(folder, name), name);
    return join(folder, name);
  };
  const rootfs = file('rootfs');
  const driver = new FakeDriver(script, { clones: true });
  const failed: string[] = [];
  const supply = new MachineSupply({
    driver,
    boot: { kernel: file('kernel'), initrd: file('initrd') },
    templatesFolder: join(folder, 'templates'),
    templates: 'make',
    pool: { min: 1, max: 1, cpus: 8, memory: () => ({ totalMb: 100_000, availableMb: 100_000 }) },
    busy: () => 0,
    isUsual: () => true,
    bootTimeoutMs: 60_000,
    logger: silentLogger(),
    vmId: (id) => id,
    rootfsOf: async () => rootfs,
    warmUp: async () => {},
    onCreated: () => {},
    onDestroyed: () => {},
    onFailed: ({ runtime }) => void failed.push(runtime),
    ...different,
  });
  const phase = (shape: MachineShape): string | undefined =>
    supply.templateProgress()[shapeName(shape)]?.phase;
  const fills = async (): Promise<void> =>
    expect.poll(() => supply.report().shelves[0]?.available, { interval: 2 }).toBe(1);
  onTestFinished(async () => {
    await supply.close();
    rmSync(folder, { recursive: true });
  });
  return { supply, driver, rootfs, failed, phase, fills };
}

describe('the progress of templates', () => {
  it('says of each what is being done, and for how long', async () => {
    let greeted: FakeGuest | undefined;
    let finish: (() => void) | undefined;
    const { supply, phase } = setUp({
      greet: (guest) => {
        greeted = guest;
      },
      save: async () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    });
    expect(supply.templateProgress()).toEqual({});
    supply.prepare(SHAPE);
    expect(phase(SHAPE)).toBe('checking');
    await expect.poll(() => greeted, { interval: 2 }).toBeDefined();
    supply.prepare(OTHER);
    await expect.poll(() => [phase(SHAPE), phase(OTHER)], { interval: 2 }).toEqual(['booting', 'waiting']);
    const before = supply.templateProgress()[shapeName(SHAPE)]?.ageSeconds ?? NaN;
    await expect
      .poll(() => supply.templateProgress()[shapeName(SHAPE)]?.ageSeconds, { interval: 2 })
      .toBeGreaterThan(before);
    greeted?.hello();
    await expect.poll(() => finish, { interval: 2 }).toBeDefined();
    expect(phase(SHAPE)).toBe('saving');
    finish?.();
    await expect.poll(() => [phase(SHAPE), phase(OTHER)], { interval: 2 }).toEqual([undefined, 'booting']);
  });
});

describe('a failure is counted once', () => {
  it('of a clone that dies while it waits', async () => {
    const { supply, driver, failed, fills } = setUp({});
    supply.prepare(SHAPE);
    await fills();
    driver.vms.at(-1)?.die();
    await expect.poll(() => failed, { interval: 2 }).toEqual([SHAPE.runtime]);
    await fills();
    expect(failed).toEqual([SHAPE.runtime]);
  });

  it('of a clone that is found dead when it is taken', async () => {
    const { supply, driver, rootfs, failed, fills } = setUp({});
    supply.prepare(SHAPE);
    await fills();
    driver.vms.at(-1)?.channel.destroy();
    const { machine } = await supply.acquire(SHAPE, rootfs, 'r-1', forever);
    await machine[Symbol.asyncDispose]();
    expect(failed).toEqual([SHAPE.runtime]);
  });

  it('of a clone whose warm-up fails', async () => {
    let tries = 0;
    const warmUp = async (): Promise<void> => {
      tries += 1;
      if (tries === 1) throw new Error('no');
    };
    const { supply, failed, fills } = setUp({}, { warmUp });
    supply.prepare(SHAPE);
    await fills();
    expect(failed).toEqual([SHAPE.runtime]);
  });

  it('but not of one that serves, is given back or ends with the pool', async () => {
    const { supply, rootfs, failed, fills } = setUp({});
    supply.prepare(SHAPE);
    await fills();
    const { machine } = await supply.acquire(SHAPE, rootfs, 'r-1', forever);
    await machine.vm[Symbol.asyncDispose]();
    await machine[Symbol.asyncDispose]();
    await fills();
    await supply.close();
    expect(failed).toEqual([]);
  });
});
