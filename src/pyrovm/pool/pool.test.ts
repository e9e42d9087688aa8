import { Duplex } from 'node:stream';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { recordingLogger } from '../../../test/doubles/recording-logger.ts';
import { AgentClient } from '../agent/client.ts';
import type { MemoryRoom } from '../../sys/memory-pressure.ts';
import type { Machine } from '../machine/machine.ts';
import { shapeName } from '../template/shape.ts';
import type { MachineShape } from '../template/shape.ts';
import type { VmExit } from '../vmm/driver.ts';
import { CLONE_MB } from './memory-budget.ts';
import { COURTESY_MS, MachinePool } from './pool.ts';
import { FRESH_MS } from './shelf.ts';
import { QUIET_MS } from './sizing.ts';

const PYTHON: MachineShape = { runtime: 'python@3.11', memoryMb: 128, cpuCount: 1 };
const NODE: MachineShape = { runtime: 'javascript@20', memoryMb: 128, cpuCount: 1 };

afterEach(() => void vi.useRealTimers());

/** A machine without anything in it. */
class FakeMachine implements Machine {
  readonly agent: AgentClient;
  readonly vm: Machine['vm'];
  readonly shape: MachineShape;
  readonly waiting = false;
  isGone = false;
  #exit: (exit: VmExit) => void = () => {};

  constructor(id: string, shape: MachineShape) {
    const channel = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
    this.agent = new AgentClient(channel);
    this.shape = shape;
    this.vm = {
      id,
      channel,
      exited: new Promise((resolve) => {
        this.#exit = resolve;
      }),
      consoleTail: () => '',
      errorTail: () => '',
      [Symbol.asyncDispose]: async () => this[Symbol.asyncDispose](),
    };
  }

  die(): void {
    this.#exit({ reason: 'died' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.resolve();
    this.#exit({ reason: 'disposed' });
    await Promise.resolve();
    this.isGone = true;
  }
}

interface Making {
  readonly shape: MachineShape;
  readonly signal: AbortSignal;
  /** Ends the making with a machine. */
  readonly give: () => FakeMachine;
  readonly fail: (error: Error) => void;
}

interface Host {
  /** All CPUs are taken. */
  isFull: boolean;
  /** A program runs. */
  isBusy: boolean;
  room: MemoryRoom;
}

/** Memory for so many machines that wait, and more than enough beside them. */
const roomFor = (most: number): MemoryRoom => {
  const totalMb = most * 4 * CLONE_MB;
  return { totalMb, availableMb: totalMb };
};

/**
 * A pool of machines of a fixed number, or of a floor and a ceiling, which are made when a test says so; aborting fails
 * a making unless it is `stubborn`.
 */
function setUp(size: number | { floor: number; ceiling: number }, { stubborn = false, most = 100 } = {}) {
  const host: Host = { isFull: false, isBusy: false, room: roomFor(most) };
  const made: FakeMachine[] = [];
  const makings: Making[] = [];
  const log = recordingLogger();
  let mostMakings = 0;
  const pool = new MachinePool({
    ...(typeof size === 'number' ? { floor: size, ceiling: size } : size),
    cpuIsFree: () => !host.isFull,
    isBusy: () => host.isBusy,
    memory: () => host.room,
    logger: log.logger,
    make: async (shape, signal) =>
      new Promise<FakeMachine>((resolve, reject) => {
        const onAbort = (): void => fail(signal.reason as Error);
        const end = (): void => {
          signal.removeEventListener('abort', onAbort);
          makings.splice(makings.indexOf(making), 1);
        };
        const fail = (error: Error): void => {
          end();
          reject(error);
        };
        const making: Making = {
          shape,
          signal,
          fail,
          give: () => {
            end();
            const machine = new FakeMachine(`m${made.length}`, shape);
            made.push(machine);
            resolve(machine);
            return machine;
          },
        };
        makings.push(making);
        mostMakings = Math.max(mostMakings, makings.length);
        if (!stubborn) signal.addEventListener('abort', onAbort, { once: true });
      }),
  });
  const ids = (): string[] => pool.report().flatMap(({ idle }) => idle.map(({ id }) => id));
  /** Of each shelf: its shape, how many wait, and how many should. */
  const shelves = (): [MachineShape, number, number][] =>
    pool.report().map(({ shape, available, target }) => [shape, available, target]);
  const living = (): string[] => made.filter(({ isGone }) => !isGone).map(({ vm }) => vm.id);
  /** Gives the machine that is being made. */
  const give = async (): Promise<FakeMachine> => {
    const [making] = makings;
    if (!making) throw new Error('nothing is being made');
    const machine = making.give();
    await settle();
    return machine;
  };
  return { pool, host, made, makings, log, ids, shelves, living, give, most: () => mostMakings };
}

/** Lets everything happen that waits for nothing but its turn; also with fake timers. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}

describe('a pool', () => {
  it('fills to its size, one machine at a time, and no further', async () => {
    const { pool, makings, ids, give, most } = setUp(3);
    expect(makings).toEqual([]);
    pool.stock(PYTHON);
    pool.stock(PYTHON);
    for (const count of [1, 2, 3]) {
      expect(makings).toHaveLength(1);
      await give();
      expect(ids()).toHaveLength(count);
    }
    expect([makings, most()]).toEqual([[], 1]);
    await pool.close();
  });

  it('fills the emptiest shelf first', async () => {
    const { pool, made, give, shelves } = setUp(2);
    pool.stock(PYTHON);
    pool.stock(NODE);
    for (let count = 0; count < 4; count++) await give();
    expect(made.map(({ shape }) => shape)).toEqual([PYTHON, NODE, PYTHON, NODE]);
    expect(shelves()).toEqual([
      [PYTHON, 2, 2],
      [NODE, 2, 2],
    ]);
    await pool.close();
  });

  it('gives the machine that waits longest, of the right shape, and makes another', async () => {
    const { pool, makings, ids, give } = setUp(2);
    pool.stock(PYTHON);
    const [first, second] = [await give(), await give()];
    expect(pool.take(NODE)).toBeUndefined();
    expect(pool.take(PYTHON)).toBe(first);
    expect(makings).toHaveLength(1);
    expect(ids()).toEqual([second.vm.id]);
    const third = await give();
    expect([pool.take(PYTHON), pool.take(PYTHON), pool.take(PYTHON)]).toEqual([second, third, undefined]);
    await pool.close();
    expect([first, second, third].map(({ isGone }) => isGone)).toEqual([false, false, false]);
  });

  it('tells how long each waits', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { pool, give } = setUp(1);
    pool.stock(PYTHON);
    await give();
    vi.advanceTimersByTime(2500);
    expect(pool.report()).toEqual([
      { shape: PYTHON, available: 1, target: 1, idle: [{ id: 'm0', ageSeconds: 2.5 }] },
    ]);
    await pool.close();
  });

  it('of size 0 makes nothing', async () => {
    const { pool, makings } = setUp({ floor: 2, ceiling: 0 });
    pool.stock(PYTHON);
    for (let count = 0; count < 3; count++) expect(pool.take(PYTHON)).toBeUndefined();
    await settle();
    expect([makings, pool.report()]).toEqual([[], []]);
    await pool.close();
  });

  it('refills whenever in the making of the last machine the first is taken', async () => {
    // Between the end of a refill and the news of it there are a few turns in which nobody may be overheard.
    for (let turns = 0; turns < 12; turns++) {
      const { pool, makings, ids } = setUp(1);
      pool.stock(PYTHON);
      makings[0]?.give();
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      const taken = pool.take(PYTHON);
      await settle();
      expect([turns, makings.length + ids().length]).toEqual([turns, 1]);
      await pool.close();
      await taken?.[Symbol.asyncDispose]();
    }
  });
});

describe('a machine that dies', () => {
  it('while it waits is removed, destroyed and replaced', async () => {
    const { pool, makings, ids, give } = setUp(2);
    pool.stock(PYTHON);
    const [first, second] = [await give(), await give()];
    first.die();
    await settle();
    expect([first.isGone, ids(), makings.length]).toEqual([true, [second.vm.id], 1]);
    await give();
    expect(pool.take(PYTHON)).toBe(second);
    await pool.close();
  });

  it('before it was shelved does not stay', async () => {
    const { pool, makings, ids } = setUp(1);
    pool.stock(PYTHON);
    const machine = makings[0]?.give();
    machine?.die();
    await settle();
    expect([machine?.isGone, ids(), makings.length]).toEqual([true, [], 1]);
    await pool.close();
  });

  it('after it was taken is its taker’s', async () => {
    const { pool, give, makings } = setUp(1);
    pool.stock(PYTHON);
    const machine = await give();
    pool.take(PYTHON);
    await give();
    machine.die();
    await settle();
    expect([machine.isGone, makings]).toEqual([false, []]);
    await pool.close();
  });

  it('is gone when the pool has closed', async () => {
    const { pool, living, give } = setUp(1);
    pool.stock(PYTHON);
    (await give()).die();
    // Its disposal has begun, or not even that.
    for (let turn = 0; turn < 2; turn++) await Promise.resolve();
    await pool.close();
    expect(living()).toEqual([]);
  });
});

describe('a making that fails', () => {
  it('is tried again after waits that grow to half a minute, until it succeeds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { pool, makings, log, ids, give } = setUp(2);
    pool.stock(PYTHON);
    const waits = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000];
    for (const ms of waits) {
      makings[0]?.fail(new Error('no memory'));
      await settle();
      vi.advanceTimersByTime(ms - 1);
      await settle();
      expect([ms, makings.length]).toEqual([ms, 0]);
      vi.advanceTimersByTime(1);
      await settle();
      expect([ms, makings.length]).toEqual([ms, 1]);
    }
    await vi.waitFor(() => expect(log.lines).toHaveLength(waits.length));
    expect(log.lines.map((line) => line['retry_ms'])).toEqual(waits);
    expect(log.lines[0]).toMatchObject({
      level: 'warn',
      msg: 'refill failed',
      shape: shapeName(PYTHON),
      reason: 'no memory',
    });

    // A success forgets what was before.
    await give();
    expect(ids()).toHaveLength(1);
    makings[0]?.fail(new Error('no memory'));
    await settle();
    vi.advanceTimersByTime(500);
    await settle();
    expect(makings).toHaveLength(1);
    await pool.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not keep machines of other shapes from being made', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { pool, makings, ids, give } = setUp(1);
    pool.stock(PYTHON);
    pool.stock(NODE);
    makings[0]?.fail(new Error('no template'));
    await settle();
    expect(makings.map(({ shape }) => shape)).toEqual([NODE]);
    await give();
    expect(ids()).toHaveLength(1);
    pool.take(NODE);
    expect(makings.map(({ shape }) => shape)).toEqual([NODE]);
    await pool.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not tried again after close', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { pool, makings } = setUp(1);
    pool.stock(PYTHON);
    makings[0]?.fail(new Error('no memory'));
    await settle();
    await pool.close();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(60_000);
    await settle();
    expect(makings).toEqual([]);
  });
});

describe('a shape that is not stocked any more', () => {
  it('has its machines destroyed, and no new ones made', async () => {
    const { pool, makings, living, give } = setUp(2);
    pool.stock(PYTHON);
    pool.stock(NODE);
    await give();
    const node = await give();
    expect(makings[0]?.shape).toEqual(PYTHON);
    await pool.unstock(PYTHON);
    await pool.unstock(PYTHON);
    expect(living()).toEqual([node.vm.id]);
    // What was being made for it is nobody's.
    const late = await give();
    expect(late.isGone).toBe(true);
    expect(makings.map(({ shape }) => shape)).toEqual([NODE]);
    await pool.close();
  });

  it('can be stocked again, and gets nothing that was begun before', async () => {
    const { pool, ids, give } = setUp(1);
    pool.stock(PYTHON);
    await pool.unstock(PYTHON);
    pool.stock(PYTHON);
    expect((await give()).isGone).toBe(true);
    const machine = await give();
    expect(ids()).toEqual([machine.vm.id]);
    await pool.close();
  });

  it('does not rest after a failure', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { pool, makings } = setUp(1);
    pool.stock(PYTHON);
    makings[0]?.fail(new Error('no template'));
    await settle();
    await pool.unstock(PYTHON);
    expect(vi.getTimerCount()).toBe(0);
    pool.stock(PYTHON);
    expect(makings).toHaveLength(1);
    await pool.close();
  });
});

describe('closing a pool', () => {
  it('destroys what waits and what is being made, and makes nothing more', async () => {
    const { pool, makings, living, give } = setUp(3);
    pool.stock(PYTHON);
    await give();
    await give();
    await pool.close();
    expect([living(), makings]).toEqual([[], []]);
    pool.stock(NODE);
    expect([pool.take(PYTHON), pool.take(NODE), makings]).toEqual([undefined, undefined, []]);
    await pool.close();
  });

  it('waits for a making that does not heed it, and destroys what that gives', async () => {
    const { pool, makings, living, made } = setUp(2, { stubborn: true });
    pool.stock(PYTHON);
    let isClosed = false;
    const closed = pool.close().then(() => {
      isClosed = true;
    });
    await settle();
    expect(isClosed).toBe(false);
    expect(makings[0]?.signal.aborted).toBe(true);
    makings[0]?.give();
    await closed;
    expect([made.length, living(), makings]).toEqual([1, [], []]);
  });

  it('says nothing of the making that it ended', async () => {
    const { pool, log } = setUp(1);
    pool.stock(PYTHON);
    await pool.close();
    await new Promise(setImmediate);
    expect(log.lines).toEqual([]);
  });
});

describe('the number that waits', () => {
  const fake = (): void => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
  };

  it('grows by one with each miss up to the ceiling, and falls by one in each quiet minute to the floor', async () => {
    fake();
    const { pool, shelves, give } = setUp({ floor: 1, ceiling: 3 });
    pool.stock(PYTHON);
    for (const target of [2, 3, 3]) {
      expect(pool.take(PYTHON)).toBeUndefined();
      expect(shelves()).toEqual([[PYTHON, 0, target]]);
    }
    for (let count = 0; count < 3; count++) await give();
    expect(shelves()).toEqual([[PYTHON, 3, 3]]);
    for (const left of [2, 1, 1]) {
      vi.advanceTimersByTime(QUIET_MS);
      await settle();
      expect(shelves()).toEqual([[PYTHON, left, left]]);
    }
    await pool.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('loses the one that waits longest', async () => {
    fake();
    const { pool, made, ids, give } = setUp({ floor: 1, ceiling: 2 });
    pool.stock(PYTHON);
    pool.take(PYTHON);
    const [first, second] = [await give(), await give()];
    vi.advanceTimersByTime(QUIET_MS);
    await settle();
    expect([made.length, ids(), first.isGone]).toEqual([2, [second.vm.id], true]);
    await pool.close();
  });

  it('is none of a shape that is not stocked until it is asked for again within a minute', async () => {
    fake();
    const { pool, makings, shelves, give } = setUp({ floor: 2, ceiling: 4 });
    pool.take(NODE);
    vi.advanceTimersByTime(QUIET_MS);
    pool.take(NODE);
    await settle();
    expect([makings, shelves()]).toEqual([[], []]);
    vi.advanceTimersByTime(QUIET_MS - 1);
    expect(pool.take(NODE)).toBeUndefined();
    expect([makings.length, shelves()]).toEqual([1, [[NODE, 0, 1]]]);
    const machine = await give();
    expect(pool.take(NODE)).toBe(machine);
    const next = await give();
    vi.advanceTimersByTime(QUIET_MS);
    await settle();
    expect([next.isGone, shelves()]).toEqual([true, []]);
    // Nothing waits any more, so nothing is looked after.
    expect(vi.getTimerCount()).toBe(0);
    await pool.close();
  });

  it('is never more than the memory allows over all shapes, and floors come first', async () => {
    const { pool, made, makings, shelves, give } = setUp({ floor: 1, ceiling: 3 }, { most: 3 });
    for (let count = 0; count < 4; count++) pool.take(NODE);
    for (let count = 0; count < 3; count++) await give();
    expect([makings, shelves()]).toEqual([[], [[NODE, 3, 3]]]);
    pool.stock(PYTHON);
    expect(shelves()[0]).toEqual([NODE, 2, 3]);
    await give();
    expect([made[0]?.isGone, makings, shelves()]).toEqual([
      true,
      [],
      [
        [NODE, 2, 3],
        [PYTHON, 1, 1],
      ],
    ]);
    // A place is free again, but not for a hundred shapes.
    for (let memoryMb = 1; memoryMb < 100; memoryMb++) {
      for (let count = 0; count < 2; count++) pool.take({ ...NODE, memoryMb });
    }
    expect(shelves()).toHaveLength(3);
    await pool.close();
  });
});

describe('a machine that waits too long', () => {
  it('is replaced, and destroyed only when the other is ready', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
    const { pool, makings, ids, give } = setUp(1, { most: 1 });
    pool.stock(PYTHON);
    const old = await give();
    vi.advanceTimersByTime(FRESH_MS - 1);
    expect(makings).toEqual([]);
    vi.advanceTimersByTime(5000);
    expect([makings.length, ids(), old.isGone]).toEqual([1, [old.vm.id], false]);
    const fresh = await give();
    expect([makings, ids(), old.isGone]).toEqual([[], [fresh.vm.id], true]);
    await pool.close();
  });
});

describe('while the CPUs are taken', () => {
  it('nothing is made; it is when one becomes free', async () => {
    const { pool, host, makings, ids, give } = setUp(2);
    host.isFull = true;
    pool.stock(PYTHON);
    pool.take(PYTHON);
    pool.wake();
    expect(makings).toEqual([]);
    host.isFull = false;
    expect(makings).toEqual([]);
    pool.wake();
    expect(makings).toHaveLength(1);
    host.isFull = true;
    // What has begun goes on to its end.
    await give();
    expect([makings, ids()]).toEqual([[], ['m0']]);
    host.isFull = false;
    pool.wake();
    await give();
    expect(ids()).toEqual(['m0', 'm1']);
    await pool.close();
  });
});

describe('while a program runs that has just got its machine', () => {
  const setUpTaken = async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    const under = setUp(2);
    under.pool.stock(PYTHON);
    await under.give();
    await under.give();
    under.host.isBusy = true;
    under.pool.take(PYTHON);
    await settle();
    expect(under.makings).toEqual([]);
    return under;
  };

  it('nothing is made until it ends', async () => {
    const { pool, host, makings } = await setUpTaken();
    pool.wake();
    expect(makings).toEqual([]);
    host.isBusy = false;
    pool.wake();
    expect(makings).toHaveLength(1);
  });

  it('nothing is made for a moment, if it does not end', async () => {
    const { makings } = await setUpTaken();
    vi.advanceTimersByTime(COURTESY_MS - 1);
    expect(makings).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(makings).toHaveLength(1);
  });

  it('a pool that closes does not wait for the moment to end', async () => {
    const { pool, living } = await setUpTaken();
    await pool.close();
    expect(vi.getTimerCount()).toBe(0);
    // The one that was taken is its taker’s.
    expect(living()).toHaveLength(1);
  });
});

describe('when memory is short', () => {
  it('nothing is made until there is enough', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { pool, host, log, makings, ids, give } = setUp(2);
    const { totalMb } = host.room;
    host.room = { totalMb, availableMb: 0.15 * totalMb + CLONE_MB - 1 };
    pool.stock(PYTHON);
    pool.wake();
    vi.advanceTimersByTime(5000);
    expect(makings).toEqual([]);
    await log.line('memory is short: the pool is not refilled');
    expect(log.lines).toHaveLength(1);
    host.room = { totalMb, availableMb: 0.15 * totalMb + CLONE_MB };
    vi.advanceTimersByTime(5000);
    await give();
    expect(ids()).toHaveLength(1);
    await pool.close();
  });

  it('the largest and oldest are destroyed, no more than needed', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
    const LARGE: MachineShape = { ...NODE, memoryMb: 512 };
    const { pool, host, made, makings, ids, give } = setUp(2);
    for (const shape of [PYTHON, LARGE, NODE]) pool.stock(shape);
    for (let count = 0; count < 6; count++) {
      await give();
      vi.advanceTimersByTime(10);
    }
    expect(made.map(({ shape }) => shape)).toEqual([PYTHON, LARGE, NODE, PYTHON, LARGE, NODE]);
    const { totalMb } = host.room;
    const [half, clones] = [0.075 * totalMb, 3];
    Object.defineProperty(host, 'room', {
      get: () => {
        const gone = made.filter(({ isGone }) => isGone).length;
        return { totalMb, availableMb: half + (gone - clones) * CLONE_MB };
      },
    });
    vi.advanceTimersByTime(5000);
    await settle();
    expect(made.map(({ isGone }) => isGone)).toEqual([true, true, false, false, true, false]);
    expect([ids(), makings]).toEqual([['m3', 'm2', 'm5'], []]);
    await pool.close();
  });

  it('closing waits for what is being destroyed', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
    const { pool, host, living, give } = setUp(2);
    pool.stock(PYTHON);
    await give();
    await give();
    host.room = { ...host.room, availableMb: 0 };
    vi.advanceTimersByTime(5000);
    await pool.close();
    expect([living(), vi.getTimerCount()]).toEqual([[], 0]);
  });
});

it('whatever happens, no machine has two takers, none is leaked, and the shelves are as full as they should be in the end', async () => {
  const shape = fc.constantFrom(PYTHON, NODE);
  const action = fc.oneof(
    fc.record({ kind: fc.constantFrom('stock', 'take', 'unstock'), shape }),
    fc.record({ kind: fc.constantFrom('give', 'settle', 'turn', 'busy', 'free', 'short', 'roomy') }),
    fc.record({ kind: fc.constant('later'), ms: fc.constantFrom(5000, QUIET_MS, FRESH_MS) }),
    fc.record({ kind: fc.constant('die'), index: fc.nat() }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { maxLength: 60 }),
      fc.record({ floor: fc.integer({ min: 0, max: 2 }), ceiling: fc.integer({ min: 1, max: 3 }) }),
      fc.integer({ min: 1, max: 5 }),
      fc.boolean(),
      fc.boolean(),
      async (actions, size, mostWaiting, stubborn, closesAtOnce) => {
        vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
        const { pool, host, made, makings, ids, shelves, living, most } = setUp(size, {
          stubborn,
          most: mostWaiting,
        });
        const { room } = host;
        const taken: Machine[] = [];
        const pending: Promise<void>[] = [];
        for (const action of actions) {
          if ('shape' in action) {
            const { kind, shape } = action;
            if (kind === 'stock') pool.stock(shape);
            else if (kind === 'unstock') pending.push(pool.unstock(shape));
            else {
              const machine = pool.take(shape);
              if (!machine) continue;
              expect(made.find(({ vm }) => vm === machine.vm)?.shape).toBe(shape);
              expect(taken).not.toContain(machine);
              taken.push(machine);
            }
          } else if ('index' in action) made[action.index % Math.max(made.length, 1)]?.die();
          else if ('ms' in action) vi.advanceTimersByTime(action.ms);
          else if (action.kind === 'give') makings[0]?.give();
          else if (action.kind === 'busy' || action.kind === 'free') host.isFull = action.kind === 'busy';
          else if (action.kind === 'short') host.room = { ...room, availableMb: 0 };
          else if (action.kind === 'roomy') host.room = room;
          else if (action.kind === 'settle') await settle();
          else await Promise.resolve();
          expect(most()).toBeLessThanOrEqual(1);
          // A replacement is there before the one that it replaces is not.
          expect(ids().length).toBeLessThanOrEqual(mostWaiting + 1);
          for (const [, , target] of shelves()) expect(target).toBeLessThanOrEqual(size.ceiling);
        }
        if (!closesAtOnce) {
          host.isFull = false;
          host.room = room;
          await settle();
          pool.wake();
          for (let count = 0; count <= 20; count++) {
            makings[0]?.give();
            await settle();
          }
          const wanted = shelves().reduce((sum, [, , target]) => sum + target, 0);
          expect([makings, ids().length]).toEqual([[], Math.min(wanted, mostWaiting)]);
          for (const id of ids()) expect(made.find(({ vm }) => vm.id === id)?.isGone).toBe(false);
        }
        const closed = pool.close();
        await settle();
        if (stubborn) makings[0]?.give();
        await closed;
        await Promise.all(pending);
        expect(makings).toEqual([]);
        // What a taker has is his, dead or alive.
        const ofTakers = new Set(taken.map(({ vm }) => vm.id));
        expect(living().filter((id) => !ofTakers.has(id))).toEqual([]);
        for (const machine of made) {
          if (ofTakers.has(machine.vm.id)) expect(machine.isGone).toBe(false);
        }
      },
    ),
    { numRuns: 300 },
  );
});
