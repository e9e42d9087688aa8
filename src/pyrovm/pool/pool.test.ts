import { Duplex } from 'node:stream';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { recordingLogger } from '../../../test/doubles/recording-logger.ts';
import { AgentClient } from '../agent/client.ts';
import type { Machine } from '../machine/machine.ts';
import { shapeName } from '../template/shape.ts';
import type { MachineShape } from '../template/shape.ts';
import type { VmExit } from '../vmm/driver.ts';
import { MachinePool } from './pool.ts';

const PYTHON: MachineShape = { runtime: 'python@3.11', memoryMb: 128, cpuCount: 1 };
const NODE: MachineShape = { runtime: 'javascript@20', memoryMb: 128, cpuCount: 1 };

afterEach(() => void vi.useRealTimers());

/** A machine without anything in it. */
class FakeMachine implements Machine {
  readonly agent: AgentClient;
  readonly vm: Machine['vm'];
  readonly shape: MachineShape;
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

/** A pool whose machines are made when a test says so; aborting fails a making unless it is `stubborn`. */
function setUp(size: number, { stubborn = false } = {}) {
  const made: FakeMachine[] = [];
  const makings: Making[] = [];
  const log = recordingLogger();
  let most = 0;
  const pool = new MachinePool({
    size,
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
        most = Math.max(most, makings.length);
        if (!stubborn) signal.addEventListener('abort', onAbort, { once: true });
      }),
  });
  const ids = (): string[] => pool.idle().map(({ id }) => id);
  const living = (): string[] => made.filter(({ isGone }) => !isGone).map(({ vm }) => vm.id);
  /** Gives the machine that is being made. */
  const give = async (): Promise<FakeMachine> => {
    const [making] = makings;
    if (!making) throw new Error('nothing is being made');
    const machine = making.give();
    await settle();
    return machine;
  };
  return { pool, made, makings, log, ids, living, give, most: () => most };
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
    const { pool, made, give } = setUp(2);
    pool.stock(PYTHON);
    pool.stock(NODE);
    for (let count = 0; count < 4; count++) await give();
    expect(made.map(({ shape }) => shape)).toEqual([PYTHON, NODE, PYTHON, NODE]);
    expect(pool.idle().map(({ shape }) => shape)).toEqual([PYTHON, PYTHON, NODE, NODE]);
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
    expect(pool.idle()).toEqual([{ shape: PYTHON, id: 'm0', ageSeconds: 2.5 }]);
    await pool.close();
  });

  it('of size 0 makes nothing', async () => {
    const { pool, makings } = setUp(0);
    pool.stock(PYTHON);
    await settle();
    expect([makings, pool.take(PYTHON)]).toEqual([[], undefined]);
    await pool.close();
  });

  it('refills whenever in the making of the last machine the first is taken', async () => {
    // Between the end of a refill and the news of it there are a few turns in which nobody may be overheard.
    for (let turns = 0; turns < 12; turns++) {
      const { pool, makings } = setUp(1);
      pool.stock(PYTHON);
      makings[0]?.give();
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      const taken = pool.take(PYTHON);
      await settle();
      expect([turns, makings.length + pool.idle().length]).toEqual([turns, 1]);
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

it('whatever happens, no machine has two takers, none is leaked, and the shelves are full in the end', async () => {
  const shape = fc.constantFrom(PYTHON, NODE);
  const action = fc.oneof(
    fc.record({ kind: fc.constantFrom('stock', 'take', 'unstock'), shape }),
    fc.record({ kind: fc.constantFrom('give', 'settle', 'turn') }),
    fc.record({ kind: fc.constant('die'), index: fc.nat() }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { maxLength: 60 }),
      fc.integer({ min: 1, max: 3 }),
      fc.boolean(),
      fc.boolean(),
      async (actions, size, stubborn, closesAtOnce) => {
        const { pool, made, makings, ids, living, most } = setUp(size, { stubborn });
        const taken: Machine[] = [];
        const stocked = new Set<MachineShape>();
        const pending: Promise<void>[] = [];
        for (const action of actions) {
          if ('shape' in action) {
            const { kind, shape } = action;
            if (kind === 'stock') {
              stocked.add(shape);
              pool.stock(shape);
            } else if (kind === 'unstock') {
              stocked.delete(shape);
              pending.push(pool.unstock(shape));
            } else {
              const machine = pool.take(shape);
              if (!machine) continue;
              expect(made.find(({ vm }) => vm === machine.vm)?.shape).toBe(shape);
              expect(taken).not.toContain(machine);
              taken.push(machine);
            }
          } else if ('index' in action) made[action.index % Math.max(made.length, 1)]?.die();
          else if (action.kind === 'give') makings[0]?.give();
          else if (action.kind === 'settle') await settle();
          else await Promise.resolve();
          expect(most()).toBeLessThanOrEqual(1);
        }
        if (!closesAtOnce) {
          for (let count = 0; count <= 2 * size + 1; count++) {
            makings[0]?.give();
            await settle();
          }
          expect([makings, ids().length]).toEqual([[], size * stocked.size]);
          for (const { id } of pool.idle()) expect(made.find(({ vm }) => vm.id === id)?.isGone).toBe(false);
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
