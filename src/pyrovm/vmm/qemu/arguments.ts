import { hostArchitecture } from '../../../images/architecture.ts';
import type { Architecture } from '../../../images/architecture.ts';
import type { VmSpec } from '../driver.ts';

/** Paths of the VM's files, as the QEMU process sees them. */
export interface QemuFiles {
  readonly kernel: string;
  readonly initrd: string;
  readonly rootfs: string | undefined;
  /** File that holds the machine's memory; absent: memory of its own from the start. */
  readonly memory?: string | undefined;
}

/**
 * What becomes of the memory file: a `template` writes it, a `clone` reads it and waits for the device state.
 * `plain` has none.
 */
export type QemuRole = 'plain' | 'template' | 'clone';

/** Inherited descriptors, both connected Unix stream sockets. QMP is on stdin and stdout. */
export const AGENT_DESCRIPTOR = 3;
export const CONSOLE_DESCRIPTOR = 4;

/** Name of the virtio-serial port that the agent opens. */
const AGENT_PORT = 'tvm.agent';

/** Translation buffer of TCG in MiB; a hello world of Node.js uses about 40. */
const TCG_BUFFER_MIB = 128;

const SANDBOX = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny';

/** The name by which the process of a VM is found in a process list. */
export function qemuName(vmId: string): string {
  return `tvm-${vmId}`;
}

/**
 * The guest kernel's command line.
 * `mitigations=off`: the only secret in the guest is the program's own. `panic=-1` with `-no-reboot`: a crashed guest ends
 * QEMU. The words of the architecture are explained with it.
 */
export function kernelCommandLine(
  spec: Pick<VmSpec, 'rootfs'>,
  accelerator: 'kvm' | 'tcg',
  { qemu }: Pick<Architecture, 'qemu'> = hostArchitecture(),
): string {
  return [
    ...qemu.kernelWords,
    'quiet loglevel=1 panic=-1 mitigations=off random.trust_cpu=on',
    ...(accelerator === 'tcg' ? qemu.emulatedKernelWords : []),
    ...(spec.rootfs === undefined ? [] : ['tvm.root=vda']),
  ].join(' ');
}

/**
 * QEMU's arguments for one VM. Pure: the same input gives the same line. A template and its clones must have the same
 * machine to the last device, so only what the role changes may differ.
 */
export function qemuArguments(
  spec: VmSpec,
  files: QemuFiles,
  accelerator: 'kvm' | 'tcg',
  role: QemuRole = 'plain',
  architecture: Pick<Architecture, 'qemu'> = hostArchitecture(),
): string[] {
  const tcg = accelerator === 'tcg';
  const { machineType, emulatedCpu } = architecture.qemu;
  return [
    ...['-name', qemuName(spec.id)],
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    ...['-machine', files.memory === undefined ? machineType : `${machineType},memory-backend=memory`],
    ...(files.memory === undefined ? [] : ['-object', memoryBackend(spec, files.memory, role)]),
    ...(role === 'clone' ? ['-incoming', 'defer', '-S'] : []),
    ...['-accel', tcg ? `tcg,thread=multi,tb-size=${TCG_BUFFER_MIB}` : 'kvm'],
    ...['-cpu', tcg ? emulatedCpu : 'host'],
    ...['-smp', String(spec.cpuCount), '-m', String(spec.memoryMb)],
    ...['-kernel', files.kernel, '-initrd', files.initrd],
    ...['-append', kernelCommandLine(spec, accelerator, architecture)],
    ...['-chardev', 'stdio,id=qmp,signal=off', '-mon', 'chardev=qmp,mode=control'],
    ...['-chardev', `socket,id=console,fd=${CONSOLE_DESCRIPTOR}`, '-serial', 'chardev:console'],
    ...['-chardev', `socket,id=agent,fd=${AGENT_DESCRIPTOR}`],
    ...['-device', 'virtio-serial-pci', '-device', `virtserialport,chardev=agent,name=${AGENT_PORT}`],
    ...(files.rootfs === undefined
      ? []
      : [
          ...['-drive', `if=none,id=root,file=${escapeOption(files.rootfs)},format=raw,readonly=on`],
          ...['-device', 'virtio-blk-pci,drive=root'],
        ]),
    ...['-sandbox', SANDBOX],
  ];
}

/** `readonly=on,rom=off` (QEMU 8.2): the file is opened for reading alone, while the guest may write to its private pages. */
function memoryBackend(spec: VmSpec, path: string, role: QemuRole): string {
  const sharing = role === 'template' ? 'share=on' : 'share=off,readonly=on,rom=off';
  return `memory-backend-file,id=memory,size=${spec.memoryMb}M,mem-path=${escapeOption(path)},${sharing}`;
}

/** QEMU splits option values at commas; a doubled comma stands for one. */
function escapeOption(value: string): string {
  return value.replaceAll(',', ',,');
}
