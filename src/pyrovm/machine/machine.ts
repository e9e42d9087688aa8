import { randomBytes } from 'node:crypto';
import { messageOf, TvmError } from '../../errors.ts';
import { withDeadline } from '../../sys/deadline.ts';
import { linkAbort } from '../../sys/linked-abort.ts';
import { AgentClient, GuestFailure } from '../agent/client.ts';
import { preparation, scratchBytes } from '../template/command.ts';
import type { MachineShape } from '../template/shape.ts';
import type { Template } from '../template/store.ts';
import type { BootArtefacts, SnapshotSupport, Vm, VmmDriver, VmSpec } from '../vmm/driver.ts';

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
  /** Whether an interpreter waits for its program. */
  readonly waiting: boolean;
}

/** The machine for a shape. */
export function machineSpec(shape: MachineShape, boot: BootArtefacts, rootfs: string): Omit<VmSpec, 'id'> {
  return { memoryMb: shape.memoryMb + GUEST_OVERHEAD_MB, cpuCount: shape.cpuCount, boot, rootfs };
}

/**
 * Boots a microVM and gives it fresh entropy, the time and a name.
 * @throws TvmError `vm_failed`; the signal's reason on abort. Nothing is left behind.
 */
export async function bootMachine(
  driver: VmmDriver,
  spec: VmSpec,
  shape: MachineShape,
  options: { readonly bootTimeoutMs: number; readonly signal: AbortSignal },
): Promise<Machine> {
  const { bootTimeoutMs, signal } = options;
  const vm = await driver.boot(spec, { signal });
  return takeOver(vm, signal, async (agent) => {
    const hello = await withDeadline(
      agent.hello(),
      bootTimeoutMs,
      signal,
      () => new GuestFailure(`no word from the guest within ${bootTimeoutMs} ms`),
    );
    if (!hello.rootMounted) throw new GuestFailure('the guest has no root file system');
    await identify(agent, vm.id, shape, hello.nonce, signal);
    return false;
  });
}

/**
 * Clones a template and makes the clone an individual: fresh entropy, the time and a name of its own.
 * @throws TvmError `vm_failed`; the signal's reason on abort. Nothing is left behind.
 */
export async function restoreMachine(
  snapshots: SnapshotSupport,
  template: Template,
  id: string,
  shape: MachineShape,
  signal: AbortSignal,
): Promise<Machine> {
  const deadline = new AbortController();
  const timer = setTimeout(
    () => deadline.abort(new TvmError('vm_failed', `a clone was not restored within ${INIT_TIMEOUT_MS} ms`)),
    INIT_TIMEOUT_MS,
  );
  // Who restores must end by itself and clean up: a clone that came after the deadline would be nobody's.
  using linked = linkAbort(signal, deadline.signal);
  const vm = await snapshots
    .restore({ ...template.spec, id }, template.files, { signal: linked.signal })
    .finally(() => clearTimeout(timer));
  return takeOver(vm, signal, async (agent) => {
    await identify(agent, id, shape, template.nonce, signal);
    return preparation(shape) !== undefined;
  });
}

/**
 * Makes a clone ready for its program: an empty workspace, and of the interpreters that wait one alone is left.
 * @throws TvmError `vm_failed`; the signal's reason on abort. The machine is disposed of then.
 */
export async function renewMachine(machine: Machine, signal: AbortSignal): Promise<Machine> {
  try {
    const waiting = await withDeadline(
      machine.agent.renew(),
      INIT_TIMEOUT_MS,
      signal,
      () => new GuestFailure(`the guest did not make an empty workspace within ${INIT_TIMEOUT_MS} ms`),
    );
    return { ...machine, waiting };
  } catch (error) {
    await machine[Symbol.asyncDispose]();
    signal.throwIfAborted();
    throw machineFailure(machine.vm, error);
  }
}

/** The time since 1970 UTC in ns. */
export function wallClockNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

/** What a client learns of a machine's failure, with the facts for the log. */
export function machineFailure(vm: Vm, cause: unknown): TvmError {
  return new TvmError('vm_failed', 'the microVM failed before the program ran', {
    cause,
    context: {
      vm_id: vm.id,
      reason: messageOf(cause),
      console: vm.consoleTail(),
      stderr: vm.errorTail(),
    },
  });
}

async function takeOver(
  vm: Vm,
  signal: AbortSignal,
  greet: (agent: AgentClient) => Promise<boolean>,
): Promise<Machine> {
  const agent = new AgentClient(vm.channel);
  try {
    const waiting = await greet(agent);
    return { agent, vm, waiting, [Symbol.asyncDispose]: async () => vm[Symbol.asyncDispose]() };
  } catch (error) {
    await vm[Symbol.asyncDispose]();
    signal.throwIfAborted();
    throw machineFailure(vm, error);
  }
}

async function identify(
  agent: AgentClient,
  id: string,
  shape: MachineShape,
  nonce: Buffer,
  signal: AbortSignal,
): Promise<void> {
  const identity = {
    entropy: randomBytes(64),
    wallClockNs: wallClockNs(),
    vmId: id,
    hostname: `tvm-${id.slice(-8).toLowerCase()}`,
    scratchBytes: scratchBytes(shape),
  };
  await withDeadline(
    agent.init(identity, nonce),
    INIT_TIMEOUT_MS,
    signal,
    () => new GuestFailure(`the guest did not take its identity within ${INIT_TIMEOUT_MS} ms`),
  );
}
