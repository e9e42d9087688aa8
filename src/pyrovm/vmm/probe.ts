import { messageOf, TvmError } from '../../errors.ts';
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
    return { works: false, reason: detailed(error) };
  }
}

/** A probe's reason is for who runs this host, so it may quote what the monitor complained of. */
function detailed(error: unknown): string {
  const { fault, tail } = error instanceof TvmError ? error.context : {};
  const last = typeof fault === 'string' ? fault : typeof tail === 'string' ? tail : '';
  return last === '' ? messageOf(error) : `${messageOf(error)}; ${lastLine(last)}`;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
}
