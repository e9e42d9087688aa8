import type { Runtime } from '../../runtimes/catalogue.ts';
import type { ExecutionLimits } from '../../runtimes/schema.ts';
import type { RuntimeId } from '../../runtimes/schema.ts';

/** What a machine is for: machines of one shape can stand in for each other. */
export interface MachineShape {
  readonly runtime: RuntimeId;
  /** What programs and compilers in it may use at most, in MiB; the machine itself is larger. */
  readonly memoryMb: number;
  readonly cpuCount: number;
}

/** Few sizes, so that few templates serve all requests; the exact limit of a request is enforced in the guest. */
const MEMORY_CLASSES_MB = [128, 256, 512, 1024, 2048] as const;

/** The shape of the machine that a request needs: its compiler has to fit, too. */
export function shapeOf({ id, commands }: Runtime, limits: ExecutionLimits): MachineShape {
  const needed = Math.max(limits.memoryMb, commands.compile?.limits.memoryMb ?? 0);
  const memoryMb = MEMORY_CLASSES_MB.find((size) => size >= needed) ?? needed;
  return { runtime: id, memoryMb, cpuCount: limits.cpuCount };
}

/** Names a shape; equal shapes have equal names. Fit for a folder. */
export function shapeName({ runtime, memoryMb, cpuCount }: MachineShape): string {
  return `${runtime}-${memoryMb}m-${cpuCount}c`;
}
