import { availableParallelism } from 'node:os';
import type { QemuInstall } from '../../src/pyrovm/vmm/qemu/install.ts';
import { qemuCommand } from '../../src/pyrovm/vmm/qemu/install.ts';
import type { ManagedProcess } from '../../src/sys/process.ts';
import { startProcess } from '../../src/sys/process.ts';
import type { BaseImage } from './base-image.ts';
import { LineSplitter } from './lines.ts';

const MEMORY_MIB = 4096;

/** Two are what the tests of clones use; more would only wait for the host's. */
const CPUS = Math.min(2, availableParallelism());

/** Inherited descriptor of the second serial port, which the report comes through. */
const REPORT_DESCRIPTOR = 3;

export interface Level1Options {
  readonly install: QemuInstall;
  readonly base: BaseImage;
  readonly payload: string;
  /** Takes what goes to the console, too. */
  readonly consoleLog: string;
  /** Words for `inside/run`, on the kernel's command line. */
  readonly words: readonly string[];
  /** Unix socket of a third serial port, for a shell. */
  readonly shellSocket: string | undefined;
  readonly onConsole: (line: string) => void;
  readonly onReport: (line: string) => void;
}

/** The level 1 machine: an emulated AMD processor with SVM, so that KVM works in it; no network. */
export async function startLevel1(options: Level1Options): Promise<ManagedProcess> {
  const child = await startProcess(
    [
      'setpriv',
      '--pdeathsig',
      'KILL',
      '--',
      ...qemuCommand(options.install, 'none'),
      ...level1Arguments(options),
    ],
    { channelCount: 1 },
  );
  const consoleLines = new LineSplitter(options.onConsole);
  const complaints = new LineSplitter(options.onConsole);
  const reportLines = new LineSplitter(options.onReport);
  child.stdout.on('data', (chunk: Buffer) => consoleLines.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  child.channels[0]?.on('data', (chunk: Buffer) => reportLines.push(chunk));
  void child.exited.then(() => {
    for (const lines of [consoleLines, complaints, reportLines]) lines.end();
  });
  return child;
}

function level1Arguments({ base, payload, consoleLog, words, shellSocket }: Level1Options): string[] {
  const disk = (id: string, file: string): string[] => [
    ...['-drive', `if=none,id=${id},file=${file},format=raw,readonly=on`],
    ...['-device', `virtio-blk-pci,drive=${id}`],
  ];
  return [
    ...['-name', 'tvm-nested', '-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    ...['-machine', 'q35', '-accel', 'tcg,thread=multi,tb-size=512', '-cpu', 'max,+svm,+npt'],
    ...['-smp', String(CPUS), '-m', String(MEMORY_MIB)],
    ...['-kernel', base.kernel, '-initrd', base.initrd],
    ...[
      '-append',
      ['console=ttyS0 quiet loglevel=3 panic=-1 nokaslr no_timer_check mitigations=off', ...words].join(' '),
    ],
    ...disk('base', base.rootfs),
    ...disk('payload', payload),
    ...['-chardev', `stdio,id=console,signal=off,logfile=${consoleLog}`, '-serial', 'chardev:console'],
    ...['-chardev', `socket,id=report,fd=${REPORT_DESCRIPTOR}`, '-serial', 'chardev:report'],
    ...(shellSocket === undefined ? [] : ['-serial', `unix:${shellSocket},server=on,wait=off`]),
  ];
}
