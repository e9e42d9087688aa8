import type { ExecutionLimits } from '../../runtimes/limits.ts';
import type { RuntimeId } from '../../runtimes/schema.ts';

/** What a machine is for: machines of one shape can stand in for each other. */
export interface MachineShape {
  readonly runtime: RuntimeId;
  /** What programs in it may use at most, in MiB; the machine itself is larger. */
  readonly memoryMb: number;
  readonly cpuCount: number;
}

/** Few sizes, so that few templates serve all requests; the exact limit of a request is enforced in the guest. */
const MEMORY_CLASSES_MB = [128, 256, 512, 1024, 2048] as const;

/** The shape of the machine that a request needs. */
export function shapeOf(runtime: RuntimeId, limits: ExecutionLimits): MachineShape {
  const memoryMb = MEMORY_CLASSES_MB.find((size) => size >= limits.memoryMb) ?? limits.memoryMb;
  return { runtime, memoryMb, cpuCount: limits.cpuCount };
}

/** Names a shape; equal shapes have equal names. Fit for a folder. */
export function shapeName({ runtime, memoryMb, cpuCount }: MachineShape): string {
  return `${runtime}-${memoryMb}m-${cpuCount}c`;
}
