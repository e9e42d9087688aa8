import { randomUUID } from 'node:crypto';
import { messageOf, TvmError } from '../../errors.ts';
import type { Logger } from '../../observability/log.ts';
import { bootMachine, machineSpec, restoreMachine } from '../machine/machine.ts';
import type { Machine } from '../machine/machine.ts';
import { shapeName } from '../template/shape.ts';
import type { MachineShape } from '../template/shape.ts';
import { TemplateStore } from '../template/store.ts';
import type { Template } from '../template/store.ts';
import type { BootArtefacts, VmmDriver } from '../vmm/driver.ts';
import { MachinePool } from './pool.ts';

/** How a machine came to be: taken from the pool, cloned from a template on demand, or booted. */
export type MachineOrigin = 'pooled' | 'restored' | 'booted';

export interface SupplyOptions {
  readonly driver: VmmDriver;
  readonly boot: BootArtefacts;
  readonly templatesFolder: string;
  /** `make` also makes what is not in the cache; `load` uses what is; `off` boots every machine. */
  readonly templates: 'make' | 'load' | 'off';
  readonly poolSize: number;
  /** Whether clones of this shape shall wait ready; others are made on demand. */
  readonly keepsReady: (shape: MachineShape) => boolean;
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
}

interface ReadyTemplate {
  readonly state: 'ready';
  readonly template: Template;
  readonly rootfs: string;
}

type TemplateState =
  | ReadyTemplate
  | { readonly state: 'loading'; readonly done: Promise<void> }
  | { readonly state: 'building' }
  | { readonly state: 'failed'; readonly reason: string };

/** Where machines come from: the pool if one waits, else a clone of a template, else a boot. */
export class MachineSupply {
  readonly #options: SupplyOptions;
  readonly #templates = new Map<string, TemplateState>();
  readonly #store: TemplateStore | undefined;
  readonly #pool: MachinePool;
  readonly #closing = new AbortController();
  /** Templates are made one after the other: a boot takes a whole CPU. */
  #making: Promise<void> = Promise.resolve();
  readonly #preparing = new Set<Promise<void>>();

  constructor(options: SupplyOptions) {
    this.#options = options;
    const { driver, bootTimeoutMs, logger, vmId } = options;
    this.#store =
      driver.snapshots && options.templates !== 'off'
        ? new TemplateStore({
            driver,
            snapshots: driver.snapshots,
            folder: options.templatesFolder,
            bootTimeoutMs,
            logger,
            newVmId: () => vmId(`template-${randomUUID()}`),
          })
        : undefined;
    this.#pool = new MachinePool({
      make: async (shape, signal) => this.#makePooled(shape, signal),
      size: this.#store ? options.poolSize : 0,
      logger,
    });
  }

  /** Gets a template for a shape, in the background, and keeps clones of it ready if they are to be. */
  prepare(shape: MachineShape): void {
    const name = shapeName(shape);
    if (!this.#store || this.#templates.has(name) || this.#closing.signal.aborted) return;
    const loading = this.#prepare(shape, this.#store);
    this.#templates.set(name, { state: 'loading', done: loading });
    this.#preparing.add(loading);
    void loading.finally(() => this.#preparing.delete(loading));
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
    const name = shapeName(shape);
    await this.#forgetOutdated(shape, rootfs);
    this.prepare(shape);
    const loading = this.#templates.get(name);
    // Reading a template from the cache takes less time than a boot; making one does not.
    if (loading?.state === 'loading') await unlessAborted(loading.done, signal);
    const known = this.#templates.get(name);
    if (known?.state === 'ready' && known.rootfs === rootfs) {
      const pooled = await this.#takePooled(shape);
      if (pooled) return { machine: pooled, origin: 'pooled' };
      try {
        return { machine: await this.#clone(known.template, shape, id, signal), origin: 'restored' };
      } catch (error) {
        signal.throwIfAborted();
        await this.#discard(shape, known, error);
      }
    }
    return { machine: await this.#boot(shape, rootfs, id, signal), origin: 'booted' };
  }

  /** Machines that wait, and the state of each template. */
  report(): {
    readonly idle: ReturnType<MachinePool['idle']>;
    readonly templates: Readonly<Record<string, TemplateState['state']>>;
  } {
    return {
      idle: this.#pool.idle(),
      templates: Object.fromEntries([...this.#templates].map(([name, { state }]) => [name, state])),
    };
  }

  /** Makes nothing more and destroys what waits. Machines that were handed out are their holders'. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('closing'));
    await Promise.all([this.#pool.close(), ...this.#preparing]);
    // What was being prepared may have asked for a template until now.
    await this.#making;
  }

  async #prepare(shape: MachineShape, store: TemplateStore): Promise<void> {
    const { boot, rootfsOf, templates, keepsReady } = this.#options;
    const name = shapeName(shape);
    try {
      const rootfs = await rootfsOf(shape.runtime);
      if (!rootfs) throw new Error('the image is gone');
      const spec = machineSpec(shape, boot, rootfs);
      const use = (template: Template): void => {
        this.#templates.set(name, { state: 'ready', template, rootfs });
        if (keepsReady(shape)) this.#pool.stock(shape);
      };
      const cached = await store.load(shape, spec);
      this.#closing.signal.throwIfAborted();
      if (cached) {
        use(cached);
        return;
      }
      if (templates === 'load') throw new Error('not in the cache');
      this.#templates.set(name, { state: 'building' });
      this.#making = this.#making.then(async () => {
        try {
          use(await store.make(shape, spec, this.#closing.signal));
        } catch (error) {
          this.#failed(name, error);
        }
      });
    } catch (error) {
      this.#failed(name, error);
    }
  }

  /** Every request of this shape boots its machine from now on: slow, but right. */
  #failed(name: string, error: unknown): void {
    if (this.#closing.signal.aborted) return;
    const reason = messageOf(error);
    this.#templates.set(name, { state: 'failed', reason });
    const context = error instanceof TvmError ? error.context : {};
    this.#options.logger.warn({ template: name, reason, ...context }, 'no template');
  }

  /** An image that was rebuilt, be it under the same path, makes another template; what waits in the pool has the old one. */
  async #forgetOutdated(shape: MachineShape, rootfs: string): Promise<void> {
    const name = shapeName(shape);
    const known = this.#templates.get(name);
    if (known?.state !== 'ready') return;
    if (known.rootfs === rootfs && (await this.#store?.isCurrent(shape, known.template))) return;
    if (this.#templates.get(name) !== known) return;
    this.#templates.delete(name);
    await this.#pool.unstock(shape);
  }

  /** A machine that waits and lives: of one that is about to be found dead, the channel closes first. */
  async #takePooled(shape: MachineShape): Promise<Machine | undefined> {
    for (;;) {
      const machine = this.#pool.take(shape);
      if (!machine?.vm.channel.destroyed) return machine;
      await machine[Symbol.asyncDispose]();
    }
  }

  async #discard(shape: MachineShape, known: ReadyTemplate, error: unknown): Promise<void> {
    const name = shapeName(shape);
    this.#options.logger.warn(
      { template: name, reason: messageOf(error) },
      'a clone failed: template discarded',
    );
    if (this.#templates.get(name) !== known) return;
    // Until it is gone nobody shall read it, nor make another in its place.
    this.#templates.set(name, { state: 'building' });
    try {
      await this.#pool.unstock(shape);
      await this.#store?.discard(known.template);
    } finally {
      this.#templates.delete(name);
    }
  }

  async #makePooled(shape: MachineShape, signal: AbortSignal): Promise<Machine> {
    const known = this.#templates.get(shapeName(shape));
    if (known?.state !== 'ready') throw new Error('no template');
    if (!(await this.#store?.isCurrent(shape, known.template))) throw new Error('the template is outdated');
    const machine = await this.#clone(known.template, shape, randomUUID(), signal);
    const kill = (): void => void machine[Symbol.asyncDispose]();
    signal.addEventListener('abort', kill, { once: true });
    try {
      signal.throwIfAborted();
      await this.#options.warmUp(machine, shape);
      signal.throwIfAborted();
      return machine;
    } catch (error) {
      await machine[Symbol.asyncDispose]();
      throw error;
    } finally {
      signal.removeEventListener('abort', kill);
    }
  }

  async #clone(template: Template, shape: MachineShape, id: string, signal: AbortSignal): Promise<Machine> {
    const { driver, vmId } = this.#options;
    const { snapshots } = driver;
    if (!snapshots) throw new Error('the monitor cannot clone');
    return this.#counted(shape, async () => restoreMachine(snapshots, template, vmId(id), shape, signal));
  }

  async #boot(shape: MachineShape, rootfs: string, id: string, signal: AbortSignal): Promise<Machine> {
    const { driver, boot, bootTimeoutMs, vmId } = this.#options;
    const spec = { ...machineSpec(shape, boot, rootfs), id: vmId(id) };
    return this.#counted(shape, async () => bootMachine(driver, spec, shape, { bootTimeoutMs, signal }));
  }

  /** Counts a machine from before its process starts until after it is gone. */
  async #counted(shape: MachineShape, make: () => Promise<Machine>): Promise<Machine> {
    const { onCreated, onDestroyed } = this.#options;
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
      onDestroyed(shape);
      throw error;
    }
  }
}

/** Waits for `work`, no longer than until `signal` aborts. @throws the signal's reason on abort */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
