import { randomBytes } from 'node:crypto';
import { TvmError } from '../../errors.ts';
import { withDeadline } from '../../sys/deadline.ts';
import { AgentClient, GuestFailure } from '../agent/client.ts';
import type { BootArtefacts, Vm, VmmDriver } from '../vmm/driver.ts';
import type { ExecutionRequest } from './request.ts';

const MIB = 1024 * 1024;

/**
 * Memory of the guest beside the program's: Debian's kernel, its page tables and the agent. With much less than 100 MiB a
 * fork bomb at its memory limit starves the guest's kernel for half a minute.
 */
const GUEST_OVERHEAD_MB = 112;

/** Time for the guest to take its identity, in ms. */
const INIT_TIMEOUT_MS = 10_000;

/** A microVM whose agent has said hello and knows who it is. */
export interface Machine extends AsyncDisposable {
  readonly agent: AgentClient;
  readonly vm: Vm;
}

export interface MachineOptions {
  readonly driver: VmmDriver;
  readonly boot: BootArtefacts;
  readonly rootfs: string;
  readonly id: string;
  readonly bootTimeoutMs: number;
  readonly signal: AbortSignal;
  /** Called when the agent has said hello. */
  readonly onBooted: () => void;
}

/**
 * Boots a microVM of the size that a request needs, and gives it fresh entropy, the time and a name.
 * @throws TvmError `vm_failed`; the signal's reason on abort. Nothing is left behind.
 */
export async function bootMachine(request: ExecutionRequest, options: MachineOptions): Promise<Machine> {
  const { driver, signal } = options;
  const { memoryMb, cpuCount } = request.limits;
  const vm = await driver.boot(
    {
      id: options.id,
      memoryMb: memoryMb + GUEST_OVERHEAD_MB,
      cpuCount,
      boot: options.boot,
      rootfs: options.rootfs,
    },
    { signal },
  );
  try {
    const agent = new AgentClient(vm.channel);
    const hello = await withDeadline(
      agent.hello(),
      options.bootTimeoutMs,
      signal,
      () => new GuestFailure(`no word from the guest within ${options.bootTimeoutMs} ms`),
    );
    if (!hello.rootMounted) throw new GuestFailure('the guest has no root file system');
    options.onBooted();
    await withDeadline(
      agent.init(
        {
          entropy: randomBytes(64),
          wallClockNs: BigInt(Date.now()) * 1_000_000n,
          vmId: options.id,
          hostname: `tvm-${request.requestId.slice(0, 8).toLowerCase()}`,
          scratchBytes: Math.floor((memoryMb * MIB) / 2),
        },
        hello.nonce,
      ),
      INIT_TIMEOUT_MS,
      signal,
      () => new GuestFailure(`the guest did not take its identity within ${INIT_TIMEOUT_MS} ms`),
    );
    return { agent, vm, [Symbol.asyncDispose]: async () => vm[Symbol.asyncDispose]() };
  } catch (error) {
    await vm[Symbol.asyncDispose]();
    signal.throwIfAborted();
    throw machineFailure(vm, error);
  }
}

/** What a client learns of a machine's failure, with the facts for the log. */
export function machineFailure(vm: Vm, cause: unknown): TvmError {
  return new TvmError('vm_failed', 'the microVM failed before the program ran', {
    cause,
    context: { vm_id: vm.id, console: vm.consoleTail(), stderr: vm.errorTail() },
  });
}
