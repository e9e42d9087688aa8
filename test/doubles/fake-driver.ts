import { appendFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import {
  encodeFrame,
  FrameReader,
  MAX_PAYLOAD_BYTES,
  PayloadReader,
  PayloadWriter,
} from '../../src/pyrovm/agent/frames.ts';
import type { Frame } from '../../src/pyrovm/agent/frames.ts';
import { EXIT_CAUSES } from '../../src/pyrovm/agent/messages.ts';
import type { ExitMessage } from '../../src/pyrovm/agent/messages.ts';
import type {
  DriverInfo,
  Snapshot,
  SnapshotSupport,
  TemplateVm,
  Vm,
  VmExit,
  VmmDriver,
  VmSpec,
} from '../../src/pyrovm/vmm/driver.ts';
import { duplexPair } from './duplex-pair.ts';

/** What the host asked a guest to run. */
export interface GuestRun {
  readonly argv: readonly string[];
  readonly environment: readonly string[];
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly memoryBytes: number;
  readonly maxProcesses: number;
  readonly outputBytes: number;
  /** Whether it waited for its source. */
  readonly waited: boolean;
  /** Content of the workspace. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** All of stdin, once its end has been heard. */
  readonly stdin: Promise<Buffer>;
}

/** What the guests of a driver do; each part is that of a well-behaved agent unless it is given. */
export interface GuestScript {
  /** Runs while the VM's process starts; it may throw what a driver may throw. */
  readonly boot?: (spec: VmSpec) => void | Promise<void>;
  /** Runs while a clone's process starts and reads its files; it may throw what a driver may throw. */
  readonly restore?: (spec: VmSpec, files: Snapshot, signal: AbortSignal) => void | Promise<void>;
  /** Runs while a machine is saved, after its files have been filled. */
  readonly save?: (files: Snapshot) => void | Promise<void>;
  /** The first word; by default HELLO. */
  readonly greet?: (guest: FakeGuest) => void;
  /** The answer to INIT; by default READY. */
  readonly init?: (guest: FakeGuest) => void;
  /** The answer to RENEW; by default that a program waits. */
  readonly renew?: (guest: FakeGuest) => void;
  /** A run; by default a program that says `Hello, World!` and exits with 0. */
  readonly run?: (guest: FakeGuest, run: GuestRun) => void | Promise<void>;
  /** Runs while the VM's process is being killed. */
  readonly dispose?: () => void | Promise<void>;
}

/** A driver whose microVMs are agents in this process that do as a script says. */
export class FakeDriver implements VmmDriver {
  readonly info: DriverInfo = {
    name: 'qemu',
    version: '0.0.0',
    accelerator: 'tcg',
    isolation: 'emulated',
    jail: 'none',
  };
  readonly snapshots: SnapshotSupport | undefined;
  /** Every VM so far, the first one first. */
  readonly vms: FakeVm[] = [];
  script: GuestScript;

  constructor(script: GuestScript = {}, { clones = false }: { readonly clones?: boolean } = {}) {
    this.script = script;
    this.snapshots = clones
      ? {
          bootTemplate: async (spec, files, { signal }) => this.#bootTemplate(spec, files, signal),
          restore: async (spec, files, { signal }) => {
            const restore = async (): Promise<void> => this.script.restore?.(spec, files, signal);
            return this.#start(spec, 'clone', signal, restore);
          },
        }
      : undefined;
  }

  /** VMs of which something is left. */
  get living(): number {
    return this.vms.filter((vm) => !vm.isGone).length;
  }

  async boot(spec: VmSpec, { signal }: { readonly signal: AbortSignal }): Promise<Vm> {
    return this.#start(spec, 'plain', signal, async () => this.script.boot?.(spec));
  }

  async #bootTemplate(spec: VmSpec, files: Snapshot, signal: AbortSignal): Promise<TemplateVm> {
    const vm = await this.#start(spec, 'template', signal, async () => this.script.boot?.(spec));
    return Object.assign(vm, {
      save: async (): Promise<void> => {
        // They must exist; a monitor would not make them.
        await appendFile(files.memory, `memory of ${spec.id}`, { flag: 'r+' });
        await appendFile(files.state, `state of ${spec.id}`, { flag: 'r+' });
        await this.script.save?.(files);
      },
    });
  }

  async #start(
    spec: VmSpec,
    role: FakeVm['role'],
    signal: AbortSignal,
    begin: () => Promise<void>,
  ): Promise<FakeVm> {
    signal.throwIfAborted();
    await begin();
    const vm = new FakeVm(spec, role, this.script);
    this.vms.push(vm);
    if (signal.aborted) {
      await vm[Symbol.asyncDispose]();
      throw signal.reason;
    }
    return vm;
  }
}

export class FakeVm implements Vm {
  readonly id: string;
  readonly spec: VmSpec;
  readonly role: 'plain' | 'template' | 'clone';
  readonly channel: Duplex;
  readonly exited: Promise<VmExit>;
  readonly guest: FakeGuest;
  /** How often it was told to go. */
  disposals = 0;
  isGone = false;
  readonly #script: GuestScript;
  #exit!: (exit: VmExit) => void;
  #disposal: Promise<void> | undefined;

  constructor(spec: VmSpec, role: FakeVm['role'], script: GuestScript) {
    const [near, far] = duplexPair();
    this.id = spec.id;
    this.spec = spec;
    this.role = role;
    this.channel = near;
    this.#script = script;
    this.exited = new Promise((resolve) => {
      this.#exit = resolve;
    });
    // What a clone's agent had to say first, the saved one has said.
    this.guest = new FakeGuest(far, role === 'clone' ? { ...script, greet: () => {} } : script);
  }

  consoleTail(): string {
    return 'end of the console';
  }

  errorTail(): string {
    return 'end of stderr';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disposals += 1;
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  /** The VM's process ends on its own. */
  die(): void {
    this.guest.close();
    this.channel.destroy();
    this.isGone = true;
    this.#exit({ reason: 'died' });
  }

  async #dispose(): Promise<void> {
    // A process does not die within the call that kills it.
    await setImmediate();
    await this.#script.dispose?.();
    this.guest.close();
    this.channel.destroy();
    this.isGone = true;
    this.#exit({ reason: 'disposed' });
  }
}

/** The guest's end of the conversation: it answers by its script, and says whatever it is told to. */
export class FakeGuest {
  readonly #channel: Duplex;
  readonly #script: GuestScript;
  readonly #nonce: Buffer;
  /** What the host said the time is, in ms since 1970. */
  clock = 0;
  readonly #files = new Map<string, Buffer>();
  #stdin: Buffer[] = [];
  #stdinEnded: ((stdin: Buffer) => void) | undefined;

  constructor(channel: Duplex, script: GuestScript, nonce: Buffer = Buffer.alloc(16, 7)) {
    this.#channel = channel;
    this.#nonce = nonce;
    this.#script = script;
    const reader = new FrameReader();
    channel.on('data', (chunk: Buffer) => {
      for (const frame of reader.push(chunk)) this.#hear(frame);
    });
    // The host may hang up at any time.
    channel.on('error', () => {});
    (script.greet ?? ((guest) => guest.hello()))(this);
  }

  hello(
    different: { readonly version?: number; readonly flags?: number; readonly nonce?: Buffer } = {},
  ): void {
    const { version = 2, flags = 1, nonce = this.#nonce } = different;
    const payload = new PayloadWriter().u16(version).u8(flags).bytes(nonce).str('fake').str('0.0');
    this.#say(0x41, payload.payload());
  }

  ready(different: { readonly flags?: number; readonly nonce?: Buffer } = {}): void {
    const { flags = 7, nonce = this.#nonce } = different;
    this.#say(0x42, new PayloadWriter().u8(flags).bytes(nonce).payload());
  }

  renewed(waiting: boolean): void {
    this.#say(0x48, Buffer.of(waiting ? 1 : 0));
  }

  started(): void {
    this.#say(0x43, Buffer.alloc(0));
  }

  stdout(data: string | Buffer): void {
    this.#output(1, Buffer.from(data));
  }

  stderr(data: string | Buffer): void {
    this.#output(2, Buffer.from(data));
  }

  /** EXIT with code 0, or as told. */
  exit(different: Partial<ExitMessage> = {}): void {
    const { cause = 'exited', exitCode = 0, signal = 0 } = different;
    const payload = new PayloadWriter()
      .u8(EXIT_CAUSES.indexOf(cause))
      .u8(exitCode)
      .u8(signal)
      .u8((different.stdoutTruncated ? 1 : 0) | (different.stderrTruncated ? 2 : 0));
    const { wallUs = 1000, userUs = 600, systemUs = 300, memoryPeakBytes = 4096 } = different;
    for (const number of [wallUs, userUs, systemUs, memoryPeakBytes]) payload.u64(number);
    this.#say(0x45, payload.payload());
  }

  error(code: number, message: string): void {
    this.#say(0x46, new PayloadWriter().u16(code).str(message).payload());
  }

  /** Any bytes, frames or not. */
  raw(bytes: Buffer): void {
    if (!this.#channel.destroyed) this.#channel.write(bytes);
  }

  /** The VM is gone: all that was said still arrives, then the channel ends. */
  close(): void {
    this.#channel.end();
  }

  /** In frames as large as they may be; no data is one frame that breaks the protocol. */
  #output(stream: number, data: Buffer): void {
    let offset = 0;
    do {
      const piece = data.subarray(offset, offset + MAX_PAYLOAD_BYTES - 1);
      this.#say(0x44, Buffer.concat([Buffer.of(stream), piece]));
      offset += piece.length;
    } while (offset < data.length);
  }

  #say(type: number, payload: Buffer): void {
    this.raw(encodeFrame(type, payload));
  }

  #hear({ type, payload }: Frame): void {
    const reader = new PayloadReader(payload);
    switch (type) {
      case 0x01:
        (this.#script.init ?? ((guest) => guest.ready()))(this);
        break;
      case 0x02: {
        const create = reader.u8() === 1;
        reader.u32();
        const path = reader.str();
        const before = create ? Buffer.alloc(0) : (this.#files.get(path) ?? Buffer.alloc(0));
        this.#files.set(path, Buffer.concat([before, reader.rest()]));
        break;
      }
      case 0x03:
        void this.#run(reader, { ...commandOf(reader), waited: false });
        break;
      case 0x04:
        this.#stdin.push(reader.rest());
        break;
      case 0x05:
        this.#stdinEnded?.(Buffer.concat(this.#stdin));
        break;
      case 0x07: {
        // The count is followed by the size of the scratch alone.
        this.#say(0x47, payload.subarray(-9, -8));
        break;
      }
      case 0x0a:
        this.clock = reader.u64() / 1_000_000;
        break;
      case 0x08:
        this.#files.clear();
        (this.#script.renew ?? ((guest) => guest.renewed(true)))(this);
        break;
      case 0x09:
        void this.#run(reader, { ...NO_COMMAND, waited: true });
        break;
      default:
        throw new Error(`the host says ${type}`);
    }
  }

  async #run(reader: PayloadReader, command: Command): Promise<void> {
    this.#stdin = [];
    const run: GuestRun = {
      ...command,
      timeoutMs: reader.u64(),
      memoryBytes: reader.u64(),
      maxProcesses: reader.u32(),
      outputBytes: reader.u64(),
      files: this.#files,
      stdin: new Promise((resolve) => {
        this.#stdinEnded = resolve;
      }),
    };
    await (this.#script.run ?? helloWorld)(this, run);
  }
}

type Command = Pick<GuestRun, 'argv' | 'environment' | 'cwd' | 'waited'>;

/** A clone does not hear what waits in it. */
const NO_COMMAND = { argv: [], environment: [], cwd: '' };

function commandOf(reader: PayloadReader): Omit<Command, 'waited'> {
  const list = (): string[] => Array.from({ length: reader.u32() }, () => reader.str());
  return { argv: list(), environment: list(), cwd: reader.str() };
}

function helloWorld(guest: FakeGuest): void {
  guest.started();
  guest.stdout('Hello, World!\n');
  guest.exit();
}
