import { stat } from 'node:fs/promises';
import { errnoOf } from '../../errors.ts';
import { instanceFiles } from '../../sys/paths.ts';
import { runTool } from '../../sys/process.ts';

const KVM_DEVICE = '/dev/kvm';

/** Whether the host has a KVM device, of whatever use. */
export async function hasKvmDevice(): Promise<boolean> {
  return stat(KVM_DEVICE).then(
    () => true,
    () => false,
  );
}

/** How a jailed, unprivileged process opens KVM. */
export interface KvmAccess {
  readonly device: string;
  readonly groupId: number;
}

/**
 * Finds the KVM device and a way for an unprivileged process to open it. As root, where the host lets no group open it,
 * that is a node of our own in `folder`, as Firecracker's jailer makes one.
 * @param folder private folder of this process, for the node
 * @returns undefined when the host has no KVM device
 */
export async function kvmAccess(folder: string, root: boolean): Promise<KvmAccess | undefined> {
  let device;
  try {
    device = await stat(KVM_DEVICE);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  const groupMayOpen = (device.mode & 0o060) === 0o060;
  if (!root || groupMayOpen) return { device: KVM_DEVICE, groupId: device.gid };

  const node = instanceFiles(folder).kvmNode;
  // Linux encodes the device number as major << 8 | minor for numbers below 256.
  await runTool(['mknod', '-m', '666', node, 'c', String(device.rdev >> 8), String(device.rdev & 0xff)]);
  return { device: node, groupId: device.gid };
}
