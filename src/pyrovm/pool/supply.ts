import { randomUUID } from 'node:crypto';
import type { Logger } from '../../observability/log.ts';
import type { MemoryRoom } from '../../sys/memory-pressure.ts';
import { bootMachine, machineSpec, renewMachine, restoreMachine } from '../machine/machine.ts';
import type { Machine } from '../machine/machine.ts';
import type { MachineShape } from '../template/shape.ts';
import { TemplateStore } from '../template/store.ts';
import type { BootArtefacts, VmmDriver } from '../vmm/driver.ts';
import { MachinePool } from './pool.ts';
import type { ShelfReport } from './shelf.ts';
import { TemplateCatalogue } from './template-catalogue.ts';
import type { ReadyTemplate } from './template-catalogue.ts';

/** How a machine came to be: taken from the pool, cloned from a template on demand, or booted. */
export type MachineOrigin = 'pooled' | 'restored' | 'booted';

/** What clones may take that wait for a program, beside what programs take. */
export interface PoolLimits {
  /** Clones of each usual shape that wait at least. */
  readonly min: number;
  /** Clones of any shape that wait at most. */
  readonly max: number;
  readonly cpus: number;
  readonly memory: () => MemoryRoom;
}

export interface SupplyOptions {
  readonly driver: VmmDriver;
  readonly boot: BootArtefacts;
  readonly templatesFolder: string;
  /** `make` also makes what is not in the cache; `load` uses what is; `off` boots every machine. */
  readonly templates: 'make' | 'load' | 'off';
  readonly pool: PoolLimits;
  /** CPUs that programs take now; {@link MachineSupply.cpuFreed} says that there are fewer. */
  readonly busy: () => number;
  /** Whether clones of this shape shall wait before anyone asks for them. */
  readonly isUsual: (shape: MachineShape) => boolean;
  readonly bootTimeoutMs: number;
  readonly logger: Logger;
  /** Full id of a VM process for the id of what it is for. */
  readonly vmId: (id: string) => string;
  /** Root file system of a runtime, or undefined when its image is gone. */
  readonly rootfsOf: (runtime: MachineShape['runtime']) => Promise<string | undefined>;
  /** Runs a program in a new clone, so that what every run needs is loaded and translated. */
  readonly warmUp: (machine: Machine, shape: MachineShape) => Promise<void>;
  readonly onCreated: (shape: MachineShape) => void;
  readonly onDestroyed: (shape: MachineShape) => void;
  /** A machine could not be made, or was lost while it waited. */
  readonly onFailed: (shape: MachineShape) => void;
}

/** Where machines come from: the pool if one waits, else a clone of a template, else a boot. */
export class MachineSupply {
  readonly #options: SupplyOptions;
  readonly #catalogue: TemplateCatalogue | undefined;
  readonly #pool: MachinePool;

  constructor(options: SupplyOptions) {
    this.#options = options;
    const { logger, pool, busy } = options;
    this.#catalogue = this.#makeCatalogue();
    this.#pool = new MachinePool({
      make: async (shape, signal) => this.#makePooled(shape, signal),
      floor: pool.min,
      ceiling: pool.max,
      isBusy: () => busy() > 0,
      cpuIsFree: () => busy() + Number(this.#catalogue?.isMaking ?? false) < pool.cpus,
      memory: pool.memory,
      logger,
    });
  }

  /** Gets a template for a shape, in the background, and keeps clones of it ready if it is a usual one. */
  prepare(shape: MachineShape): void {
    this.#catalogue?.prepare(shape);
  }

  /**
   * A machine for one program.
   * @param id of the request
   * @throws TvmError `vm_failed`; the signal's reason on abort
   */
  async acquire(
    shape: MachineShape,
    rootfs: string,
    id: string,
    signal: AbortSignal,
  ): Promise<{ readonly machine: Machine; readonly origin: MachineOrigin }> {
    if (await this.#catalogue?.find(shape, rootfs, signal)) {
      const pooled = await this.#takePooled(shape);
      if (pooled) return { machine: pooled, origin: 'pooled' };
      // One that waited has its files open; a new one opens them now.
      const template = await this.#catalogue?.find(shape, rootfs, signal, 0);
      try {
        if (template) {
          const renew = async (clone: Machine): Promise<Machine> => renewMachine(clone, signal);
          return { machine: await this.#clone(template, shape, id, signal, renew), origin: 'restored' };
        }
      } catch {
        signal.throwIfAborted();
      }
    }
    return { machine: await this.#boot(shape, rootfs, id, signal), origin: 'booted' };
  }

  /** A program has ended, so there may be a CPU for the pool. */
  cpuFreed(): void {
    this.#pool.wake();
  }

  /** Machines that wait, by shape, and the state of each template. */
  report(): {
    readonly shelves: readonly ShelfReport[];
    readonly templates: ReturnType<TemplateCatalogue['states']>;
  } {
    return { shelves: this.#pool.report(), templates: this.#catalogue?.states() ?? {} };
  }

  /** What is being done for the templates that are not ready yet, by their names. */
  templateProgress(): ReturnType<TemplateCatalogue['progress']> {
    return this.#catalogue?.progress() ?? {};
  }

  /** Makes nothing more and destroys what waits. Machines that were handed out are their holders'. */
  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), this.#catalogue?.close()]);
  }

  #makeCatalogue(): TemplateCatalogue | undefined {
    const { driver, boot, bootTimeoutMs, isUsual, logger, rootfsOf, templates, vmId } = this.#options;
    if (!driver.snapshots || templates === 'off') return undefined;
    const store = new TemplateStore({
      driver,
      snapshots: driver.snapshots,
      folder: this.#options.templatesFolder,
      bootTimeoutMs,
      logger,
      newVmId: () => vmId(`template-${randomUUID()}`),
    });
    return new TemplateCatalogue({
      store,
      boot,
      makes: templates === 'make',
      rootfsOf,
      logger,
      onReady: (shape) => {
        if (isUsual(shape)) this.#pool.stock(shape);
      },
      onGone: async (shape) => this.#pool.unstock(shape),
      onMade: () => this.#pool.wake(),
    });
  }

  /** A machine that waits and lives: of one that is about to be found dead, the channel closes first. */
  async #takePooled(shape: MachineShape): Promise<Machine | undefined> {
    for (;;) {
      const machine = this.#pool.take(shape);
      if (!machine?.vm.channel.destroyed) return machine;
      this.#options.onFailed(shape);
      await machine[Symbol.asyncDispose]();
    }
  }

  async #makePooled(shape: MachineShape, signal: AbortSignal): Promise<Machine> {
    if (!this.#catalogue) throw new Error('the monitor cannot clone');
    const template = await this.#catalogue.current(shape);
    const finish = async (machine: Machine): Promise<Machine> => this.#finishPooled(machine, shape, signal);
    return this.#clone(template, shape, randomUUID(), signal, finish);
  }

  async #finishPooled(machine: Machine, shape: MachineShape, signal: AbortSignal): Promise<Machine> {
    const kill = (): void => void machine[Symbol.asyncDispose]();
    signal.addEventListener('abort', kill, { once: true });
    try {
      signal.throwIfAborted();
      await this.#options.warmUp(machine, shape);
      signal.throwIfAborted();
      const renewed = await renewMachine(machine, signal);
      void machine.vm.exited.then(() => {
        // One that was taken or is not wanted any more has left the pool by then.
        if (this.#isWaiting(machine)) this.#options.onFailed(shape);
      });
      return renewed;
    } catch (error) {
      if (!signal.aborted) this.#options.onFailed(shape);
      await machine[Symbol.asyncDispose]();
      throw error;
    } finally {
      signal.removeEventListener('abort', kill);
    }
  }

  #isWaiting({ vm }: Machine): boolean {
    return this.#pool.report().some(({ idle }) => idle.some(({ id }) => id === vm.id));
  }

  /** A clone after `finish`; only how that ends tells whether the template is good. */
  async #clone(
    known: ReadyTemplate,
    shape: MachineShape,
    id: string,
    signal: AbortSignal,
    finish: (machine: Machine) => Promise<Machine>,
  ): Promise<Machine> {
    const { driver, vmId } = this.#options;
    const { snapshots } = driver;
    if (!snapshots) throw new Error('the monitor cannot clone');
    try {
      const make = async (): Promise<Machine> =>
        restoreMachine(snapshots, known.template, vmId(id), shape, signal);
      const machine = await finish(await this.#counted(shape, make, signal));
      this.#catalogue?.succeeded(shape, known);
      return machine;
    } catch (error) {
      if (!signal.aborted) await this.#catalogue?.failed(shape, known, error);
      throw error;
    }
  }

  async #boot(shape: MachineShape, rootfs: string, id: string, signal: AbortSignal): Promise<Machine> {
    const { driver, boot, bootTimeoutMs, vmId } = this.#options;
    const spec = { ...machineSpec(shape, boot, rootfs), id: vmId(id) };
    const make = async (): Promise<Machine> => bootMachine(driver, spec, shape, { bootTimeoutMs, signal });
    return this.#counted(shape, make, signal);
  }

  /** Counts a machine from before its process starts until after it is gone. */
  async #counted(shape: MachineShape, make: () => Promise<Machine>, signal: AbortSignal): Promise<Machine> {
    const { onCreated, onDestroyed, onFailed } = this.#options;
    onCreated(shape);
    try {
      const machine = await make();
      let gone: Promise<void> | undefined;
      const dispose = async (): Promise<void> => {
        gone ??= (async () => {
          await machine[Symbol.asyncDispose]();
          onDestroyed(shape);
        })();
        return gone;
      };
      return { ...machine, [Symbol.asyncDispose]: dispose };
    } catch (error) {
      if (!signal.aborted) onFailed(shape);
      onDestroyed(shape);
      throw error;
    }
  }
}
