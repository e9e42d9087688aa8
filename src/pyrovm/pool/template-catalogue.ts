import { setMaxListeners } from 'node:events';
import { messageOf, TvmError } from '../../errors.ts';
import type { Logger } from '../../observability/log.ts';
import { unlessAborted } from '../../sys/unless-aborted.ts';
import { machineSpec } from '../machine/machine.ts';
import { shapeName } from '../template/shape.ts';
import type { MachineShape } from '../template/shape.ts';
import type { Template, TemplatePhase, TemplateStore } from '../template/store.ts';
import type { BootArtefacts } from '../vmm/driver.ts';

/** How long a look at a template's ingredients is good for who takes a clone that waits, in ms. */
const RECHECK_MS = 1000;

/** Clones of a template that fail in a row before it is discarded: on a busy host a good one may be late once. */
const FAILURES = 2;

/** Rests before the next try after failures in a row, in ms: doubled from the first to the last. */
const FIRST_REST_MS = 60_000;
const LAST_REST_MS = 30 * 60_000;

export interface ReadyTemplate {
  readonly state: 'ready';
  readonly template: Template;
  readonly rootfs: string;
  /** When it was last found to be what its ingredients give. */
  checkedAt: number;
  /** Clones that failed since the last one that did not. */
  failures: number;
}

type TemplateState =
  | ReadyTemplate
  | { readonly state: 'loading'; readonly done: Promise<void>; readonly since: number }
  | { readonly state: 'building'; readonly phase: TemplatePhase; readonly since: number }
  | { readonly state: 'failed'; readonly reason: string; readonly retryAt: number };

export interface CatalogueOptions {
  readonly store: TemplateStore;
  readonly boot: BootArtefacts;
  /** Whether what is not in the cache is made. */
  readonly makes: boolean;
  /** Root file system of a runtime, or undefined when its image is gone. */
  readonly rootfsOf: (runtime: MachineShape['runtime']) => Promise<string | undefined>;
  readonly logger: Logger;
  /** From now on the shape can be cloned. */
  readonly onReady: (shape: MachineShape) => void;
  /** From now on it cannot, and what was cloned from the old template shall be handed out no more. */
  readonly onGone: (shape: MachineShape) => Promise<void>;
  /** The CPU that a template was made with is free again. */
  readonly onMade: () => void;
}

/** What has become of the template of each shape. */
export class TemplateCatalogue {
  readonly #options: CatalogueOptions;
  readonly #states = new Map<string, TemplateState>();
  /** Failures in a row per shape, of templates that could not be made or gave no clone. */
  readonly #failures = new Map<string, number>();
  readonly #closing = new AbortController();
  /** Templates are made one after the other: a boot takes a whole CPU. */
  #making: Promise<void> = Promise.resolve();
  readonly #preparing = new Set<Promise<void>>();

  constructor(options: CatalogueOptions) {
    this.#options = options;
    // Each file of each template that is read listens: with every language installed, more than Node warns of.
    setMaxListeners(0, this.#closing.signal);
  }

  /** Whether a machine boots to become a template. */
  get isMaking(): boolean {
    // One that waits for another needs nothing yet.
    return [...this.#states.values()].some((one) => one.state === 'building' && one.phase !== 'waiting');
  }

  /** Gets a template for a shape, in the background; again, some time after it failed. */
  prepare(shape: MachineShape): void {
    const name = shapeName(shape);
    const known = this.#states.get(name);
    const isDue = known === undefined || (known.state === 'failed' && performance.now() >= known.retryAt);
    if (!isDue || this.#closing.signal.aborted) return;
    const loading = this.#prepare(shape);
    this.#states.set(name, { state: 'loading', done: loading, since: performance.now() });
    this.#preparing.add(loading);
    void loading.finally(() => this.#preparing.delete(loading));
  }

  /**
   * The template of a shape with this root file system, if it is ready; else it is being prepared afterwards.
   * @param checkedWithinMs how old a look at its ingredients may be
   * @throws the signal's reason on abort
   */
  async find(
    shape: MachineShape,
    rootfs: string,
    signal: AbortSignal,
    checkedWithinMs = RECHECK_MS,
  ): Promise<ReadyTemplate | undefined> {
    const name = shapeName(shape);
    await this.#forgetOutdated(shape, rootfs, checkedWithinMs);
    this.prepare(shape);
    const loading = this.#states.get(name);
    // Reading a template from the cache takes less time than a boot; making one does not.
    if (loading?.state === 'loading') await unlessAborted(loading.done, signal);
    const known = this.#states.get(name);
    return known?.state === 'ready' && known.rootfs === rootfs ? known : undefined;
  }

  /** The template of a shape as it is in this moment. @throws when it cannot be cloned */
  async current(shape: MachineShape): Promise<ReadyTemplate> {
    const known = this.#states.get(shapeName(shape));
    if (known?.state !== 'ready') throw new Error('no template');
    if (!(await this.#isCurrent(shape, known, 0))) throw new Error('the template is outdated');
    return known;
  }

  /** A clone of the template came to life. */
  succeeded(shape: MachineShape, known: ReadyTemplate): void {
    known.failures = 0;
    this.#failures.delete(shapeName(shape));
  }

  /** A clone of the template did not come to life: after some in a row the template is discarded, and another made. */
  async failed(shape: MachineShape, known: ReadyTemplate, error: unknown): Promise<void> {
    const name = shapeName(shape);
    if (this.#states.get(name) !== known) return;
    known.failures += 1;
    const isDiscarded = known.failures >= FAILURES;
    this.#options.logger.warn(
      { template: name, reason: messageOf(error) },
      isDiscarded ? 'a clone failed again: template discarded' : 'a clone failed',
    );
    if (isDiscarded) await this.#discard(shape, known, error);
  }

  states(): Readonly<Record<string, TemplateState['state']>> {
    return Object.fromEntries([...this.#states].map(([name, { state }]) => [name, state]));
  }

  /** What is being done for the templates that are loading or building, and for how long, in seconds. */
  progress(): Readonly<Record<string, { readonly phase: TemplatePhase; readonly ageSeconds: number }>> {
    const now = performance.now();
    return Object.fromEntries(
      [...this.#states].flatMap(([name, state]) => {
        if (state.state !== 'loading' && state.state !== 'building') return [];
        const phase = state.state === 'loading' ? 'checking' : state.phase;
        return [[name, { phase, ageSeconds: (now - state.since) / 1000 }]];
      }),
    );
  }

  /** Makes nothing more. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('closing'));
    await Promise.all(this.#preparing);
    // What was being prepared may have asked for a template until now.
    await this.#making;
  }

  async #prepare(shape: MachineShape): Promise<void> {
    const { boot, rootfsOf, makes, store, onReady, onMade } = this.#options;
    const name = shapeName(shape);
    try {
      const rootfs = await rootfsOf(shape.runtime);
      if (!rootfs) throw new Error('the image is gone');
      const spec = machineSpec(shape, boot, rootfs);
      const use = (template: Template): void => {
        const checkedAt = performance.now();
        this.#states.set(name, { state: 'ready', template, rootfs, checkedAt, failures: 0 });
        onReady(shape);
      };
      const cached = await store.load(shape, spec, this.#closing.signal);
      this.#closing.signal.throwIfAborted();
      if (cached) {
        use(cached);
        return;
      }
      if (!makes) throw new Error('not in the cache');
      const onPhase = (phase: TemplatePhase): void => this.#building(name, phase);
      onPhase('waiting');
      this.#making = this.#making.then(async () => {
        try {
          use(await store.make(shape, spec, this.#closing.signal, onPhase));
        } catch (error) {
          this.#rest(name, error);
        } finally {
          onMade();
        }
      });
    } catch (error) {
      this.#rest(name, error);
    }
  }

  #building(name: string, phase: TemplatePhase): void {
    this.#states.set(name, { state: 'building', phase, since: performance.now() });
  }

  /** Every request of this shape boots its machine for some time: slow, but right. */
  #rest(name: string, error: unknown): void {
    if (this.#closing.signal.aborted) return;
    const reason = messageOf(error);
    const failures = this.#failures.get(name) ?? 0;
    this.#failures.set(name, failures + 1);
    const restMs = Math.min(FIRST_REST_MS * 2 ** failures, LAST_REST_MS);
    this.#states.set(name, { state: 'failed', reason, retryAt: performance.now() + restMs });
    const context = error instanceof TvmError ? error.context : {};
    this.#options.logger.warn({ template: name, reason, retry_ms: restMs, ...context }, 'no template');
  }

  async #isCurrent(shape: MachineShape, known: ReadyTemplate, withinMs: number): Promise<boolean> {
    const now = performance.now();
    if (now - known.checkedAt < withinMs) return true;
    if (!(await this.#options.store.isCurrent(shape, known.template))) return false;
    known.checkedAt = now;
    return true;
  }

  /** An image that was rebuilt, be it under the same path, makes another template; what waits has the old one. */
  async #forgetOutdated(shape: MachineShape, rootfs: string, withinMs: number): Promise<void> {
    const name = shapeName(shape);
    const known = this.#states.get(name);
    if (known?.state !== 'ready') return;
    if (known.rootfs === rootfs && (await this.#isCurrent(shape, known, withinMs))) return;
    if (this.#states.get(name) !== known) return;
    this.#states.delete(name);
    await this.#options.onGone(shape);
  }

  async #discard(shape: MachineShape, known: ReadyTemplate, error: unknown): Promise<void> {
    const { store, onGone } = this.#options;
    const name = shapeName(shape);
    // Until it is gone nobody shall read it, nor make another in its place.
    this.#building(name, 'waiting');
    try {
      await onGone(shape);
      await store.discard(known.template);
    } finally {
      this.#states.delete(name);
    }
    // A damaged file makes one template useless; when the next one is useless, too, the fault is elsewhere.
    if (this.#failures.has(name)) {
      this.#rest(name, error);
    } else {
      this.#failures.set(name, 1);
      this.prepare(shape);
    }
  }
}
