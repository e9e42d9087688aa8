import { messageOf } from '../../errors.ts';
import { withDeadline } from '../../sys/deadline.ts';
import { AgentClient, GuestFailure } from '../agent/client.ts';
import type { BootArtefacts, VmmDriver } from './driver.ts';

/** Memory of the probe guest, in MiB. */
const PROBE_MEMORY_MB = 112;

/** What booting a probe guest showed. */
export type ProbeResult =
  | { readonly works: true; readonly bootMs: number }
  | { readonly works: false; readonly reason: string };

/**
 * Boots a guest without a root file system until its agent speaks. Presence is no proof: a KVM device can open and
 * create machines and yet hang every stock kernel (a paravirtual KVM that wants patched guests).
 * @throws only the signal's reason, on abort
 */
export async function probeDriver(
  driver: VmmDriver,
  boot: BootArtefacts,
  options: { readonly id: string; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<ProbeResult> {
  const startedAt = performance.now();
  try {
    const vm = await driver.boot(
      { id: options.id, memoryMb: PROBE_MEMORY_MB, cpuCount: 1, boot, rootfs: undefined },
      { signal: options.signal },
    );
    try {
      await withDeadline(
        new AgentClient(vm.channel).hello(),
        options.timeoutMs,
        options.signal,
        () => new GuestFailure(`a stock guest kernel did not come up within ${options.timeoutMs / 1000} s`),
      );
      return { works: true, bootMs: performance.now() - startedAt };
    } catch (error) {
      options.signal.throwIfAborted();
      await vm[Symbol.asyncDispose]();
      const last = lastLine(vm.errorTail()) || lastLine(vm.consoleTail());
      return { works: false, reason: last ? `${messageOf(error)}; ${last}` : messageOf(error) };
    } finally {
      await vm[Symbol.asyncDispose]();
    }
  } catch (error) {
    options.signal.throwIfAborted();
    return { works: false, reason: messageOf(error) };
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
}
