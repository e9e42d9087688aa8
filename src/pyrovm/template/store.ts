import { chmod, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { errnoOf, messageOf, TvmError } from '../../errors.ts';
import type { Logger } from '../../observability/log.ts';
import { withDeadline } from '../../sys/deadline.ts';
import { hashOf, hashOfFile } from '../../sys/hash.ts';
import { templateFiles } from '../../sys/paths.ts';
import { makeStagingFolder } from '../../sys/staging.ts';
import { AgentClient, GuestFailure } from '../agent/client.ts';
import type { SnapshotSupport, VmmDriver, VmSpec } from '../vmm/driver.ts';
import { preparation } from './command.ts';
import { shapeName } from './shape.ts';
import type { MachineShape } from './shape.ts';

/** Longest time for programs to start and wait, in ms: a resident compiler warms up first, in an emulated machine, twice. */
const PREPARE_TIMEOUT_MS = 240_000;

/** Changes when templates are made in another way from the same ingredients. */
const FORMAT = '2';

const recordSchema = z.strictObject({
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  memorySha256: z.string(),
  stateSha256: z.string(),
});

/** What is being done for a template; `waiting` is for another one. */
export type TemplatePhase = 'waiting' | 'booting' | 'starting interpreter' | 'saving' | 'checking';

/** A saved machine, verified and ready to be cloned. */
export interface Template {
  readonly files: { readonly memory: string; readonly state: string };
  /** What the agent of the saved machine said in its hello; every clone must say it again. */
  readonly nonce: Buffer;
  /** Of the saved machine; a clone differs in the id alone. */
  readonly spec: Omit<VmSpec, 'id'>;
}

export interface TemplateStoreOptions {
  readonly driver: VmmDriver;
  readonly snapshots: SnapshotSupport;
  readonly folder: string;
  readonly bootTimeoutMs: number;
  readonly logger: Logger;
  /** Id for the machine that is saved. */
  readonly newVmId: () => string;
}

/**
 * Makes and keeps templates. One is determined by what it is made of: kernel, agent, image, monitor and size name its
 * folder, so a change of any makes another one. It is made from the catalogue alone, before any user code, and can be
 * deleted at any time.
 */
export class TemplateStore {
  readonly #options: TemplateStoreOptions;

  constructor(options: TemplateStoreOptions) {
    this.#options = options;
  }

  /**
   * The template of a shape if it is in the cache and undamaged. @param spec machine of that shape
   * @throws the signal's reason on abort: reading some 100 MB takes its time on a busy disk
   */
  async load(
    shape: MachineShape,
    spec: Omit<VmSpec, 'id'>,
    signal: AbortSignal,
  ): Promise<Template | undefined> {
    return this.#load(await this.#folder(shape, spec), spec, signal);
  }

  /**
   * Makes the template of a shape, in place of any other of that shape but an undamaged equal one.
   * @param onPhase called when a phase begins
   * @throws TvmError `vm_failed`; the signal's reason on abort. Nothing half-made is left.
   */
  async make(
    shape: MachineShape,
    spec: Omit<VmSpec, 'id'>,
    signal: AbortSignal,
    onPhase: (phase: TemplatePhase) => void = () => {},
  ): Promise<Template> {
    signal.throwIfAborted();
    const startedAt = performance.now();
    const name = shapeName(shape);
    this.#options.logger.info({ template: name }, 'making a template');
    const folder = await this.#folder(shape, spec);
    await using staging = await makeStagingFolder(this.#options.folder);
    const finished = join(staging.path, 'finished');
    await mkdir(finished, { mode: 0o700 });
    await this.#make(finished, shape, spec, { signal, onPhase });
    // Another TVM may have made the same meanwhile: the first one stays, since clones of it run.
    if (!(await this.#load(folder, spec, signal))) {
      await rm(folder, { recursive: true, force: true });
      await rename(finished, folder).catch((error: unknown) => {
        if (!['EEXIST', 'ENOTEMPTY'].includes(errnoOf(error) ?? '')) throw error;
      });
    }
    await this.#removeOthers(name, folder);
    const made = await this.#load(folder, spec, signal);
    if (!made) throw new TvmError('vm_failed', `the new template of ${name} cannot be read`);
    this.#options.logger.info(
      { template: name, ms: Math.round(performance.now() - startedAt) },
      'template made',
    );
    return made;
  }

  /** Whether a template is still what its ingredients would give now: a file may have been replaced under its path. */
  async isCurrent(shape: MachineShape, { files, spec }: Template): Promise<boolean> {
    const folder = await this.#folder(shape, spec).catch(() => undefined);
    return folder === dirname(files.memory);
  }

  /** Removes a template that turned out to be unusable, so that the next `make` makes a new one. */
  async discard({ files, nonce }: Template): Promise<void> {
    const folder = dirname(files.memory);
    const record = await this.#record(folder).catch(() => undefined);
    // What lies there now may be another TVM's, and well.
    if (record && record.nonce !== nonce.toString('hex')) return;
    await rm(folder, { recursive: true, force: true });
  }

  async #folder(shape: MachineShape, spec: Omit<VmSpec, 'id'>): Promise<string> {
    return join(this.#options.folder, `${shapeName(shape)}-${await this.#key(shape, spec)}`);
  }

  async #key(shape: MachineShape, spec: Omit<VmSpec, 'id'>): Promise<string> {
    const { info } = this.#options.driver;
    const identity = async (file: string): Promise<string> => {
      const { size, mtimeMs } = await stat(file);
      return `${file} ${size} ${mtimeMs}`;
    };
    const ingredients = [
      spec.boot.kernel,
      spec.boot.initrd,
      ...(spec.rootfs === undefined ? [] : [spec.rootfs]),
    ];
    return hashOf(
      FORMAT,
      JSON.stringify([
        info.name,
        info.version,
        info.accelerator,
        // A machine that hardware runs goes on only under the same kernel of the host; and its monitor may look for its
        // files where the jail showed them.
        ...(info.accelerator === 'kvm' ? [release(), info.jail] : []),
        cpus()[0]?.model,
        spec.memoryMb,
        spec.cpuCount,
        preparation(shape),
      ]),
      ...(await Promise.all(ingredients.map(identity))),
    ).slice(0, 16);
  }

  async #record(folder: string): Promise<z.infer<typeof recordSchema>> {
    return recordSchema.parse(JSON.parse(await readFile(templateFiles(folder).record, 'utf8')));
  }

  /** Reads a template back and checks its sums: a damaged one would give wrong results, not errors. */
  async #load(folder: string, spec: Omit<VmSpec, 'id'>, signal: AbortSignal): Promise<Template | undefined> {
    const files = templateFiles(folder);
    try {
      const record = await this.#record(folder);
      const [memory, state] = await Promise.all([
        hashOfFile(files.memory, signal),
        hashOfFile(files.state, signal),
      ]);
      if (memory !== record.memorySha256 || state !== record.stateSha256) {
        throw new TvmError('vm_failed', 'a checksum differs');
      }
      return {
        files: { memory: files.memory, state: files.state },
        nonce: Buffer.from(record.nonce, 'hex'),
        spec,
      };
    } catch (error) {
      signal.throwIfAborted();
      if (errnoOf(error) !== 'ENOENT') {
        this.#options.logger.warn({ folder, reason: messageOf(error) }, 'template damaged');
      }
      return undefined;
    }
  }

  async #make(
    folder: string,
    shape: MachineShape,
    spec: Omit<VmSpec, 'id'>,
    { signal, onPhase }: { readonly signal: AbortSignal; readonly onPhase: (phase: TemplatePhase) => void },
  ): Promise<void> {
    const { snapshots, bootTimeoutMs, newVmId } = this.#options;
    const files = templateFiles(folder);
    for (const file of [files.memory, files.state]) {
      await (await open(file, 'w')).close();
      // The VM process that fills them is another user; the folder keeps everyone else out.
      await chmod(file, 0o666);
    }
    onPhase('booting');
    const vm = await snapshots.bootTemplate({ ...spec, id: newVmId() }, files, { signal });
    let nonce: Buffer;
    try {
      const agent = new AgentClient(vm.channel);
      const hello = await withDeadline(
        agent.hello(),
        bootTimeoutMs,
        signal,
        () => new GuestFailure(`no word from the guest within ${bootTimeoutMs} ms`),
      );
      if (!hello.rootMounted) throw new GuestFailure('the guest has no root file system');
      nonce = hello.nonce;
      const prepared = preparation(shape);
      if (prepared) {
        onPhase('starting interpreter');
        await withDeadline(
          agent.prepare(prepared),
          PREPARE_TIMEOUT_MS,
          signal,
          () => new GuestFailure(`no program waits within ${PREPARE_TIMEOUT_MS} ms`),
        );
      }
      onPhase('saving');
      await withDeadline(
        vm.save(),
        bootTimeoutMs,
        signal,
        () => new GuestFailure('the machine was not saved in time'),
      );
    } catch (cause) {
      signal.throwIfAborted();
      const context = { vm_id: vm.id, console: vm.consoleTail(), stderr: vm.errorTail() };
      throw new TvmError('vm_failed', `no template could be made: ${messageOf(cause)}`, { cause, context });
    } finally {
      await vm[Symbol.asyncDispose]();
    }
    onPhase('checking');
    for (const file of [files.memory, files.state]) await chmod(file, 0o444);
    const record: z.infer<typeof recordSchema> = {
      nonce: nonce.toString('hex'),
      memorySha256: await hashOfFile(files.memory, signal),
      stateSha256: await hashOfFile(files.state, signal),
    };
    await writeFile(files.record, JSON.stringify(record));
  }

  /** Clones that run from a removed template keep its files open; nobody else needs it. */
  async #removeOthers(name: string, keep: string): Promise<void> {
    for (const entry of await readdir(this.#options.folder)) {
      const path = join(this.#options.folder, entry);
      if (entry.startsWith(`${name}-`) && path !== keep) await rm(path, { recursive: true, force: true });
    }
  }
}
