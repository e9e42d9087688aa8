import { TvmError } from '../errors.ts';

/** All that TVM has to know of a processor architecture. Nothing else in the code asks which one it runs on. */
export interface Architecture {
  /** Debian's name. */
  readonly debian: 'amd64' | 'arm64';
  /** As `uname -m` prints it: the name in QEMU's programs and in Firecracker's releases. */
  readonly machine: 'x86_64' | 'aarch64';
  /** The guest kernel. */
  readonly kernel: {
    /** `ARCH` of the kernel's makefiles, and the name of the fragment in `kernel/`. */
    readonly makeArch: 'x86_64' | 'arm64';
    /** The image that microVMs boot, in the folder of the objects. */
    readonly bootImage: string;
    /** The compressed one, for monitors that want it. */
    readonly bzImage: string | undefined;
    /** What is in `/boot` of Debian's package: `Image` boots as it is, of a `bzImage` the ELF image in it. */
    readonly debianImage: 'bzImage' | 'Image';
    /** What a guest needs that Debian's kernel has as modules; what they depend on is found in the modules themselves. */
    readonly debianModules: readonly string[];
  };
  /** TVM's own QEMU: Debian's package, unpacked into a tree. Paths are below `/` of the tree. */
  readonly qemu: {
    readonly package: string;
    readonly program: string;
    readonly loader: string;
    readonly libraries: string;
    /** Where the program finds firmware. */
    readonly data: readonly string[];
    /** Links of a merged `/usr`, which Debian's base-files would make. */
    readonly links: Readonly<Record<string, string>>;
    /** Firmware and devices that no guest of ours needs are off: each costs boot time and is attack surface. */
    readonly machineType: string;
    /** The processor under emulation; under KVM it is the host's. */
    readonly emulatedCpu: string;
    /** Words of the guest kernel's command line. */
    readonly kernelWords: readonly string[];
    /** The same, under emulation alone. */
    readonly emulatedKernelWords: readonly string[];
  };
  readonly firecracker: {
    /** Words of the guest kernel's command line. */
    readonly kernelWords: readonly string[];
  };
}

/**
 * `arm64` was run under emulation alone, and Firecracker not at all: no such machine was at hand (docs/kernel.md).
 *
 * Command lines of x86-64: `reboot=` says how a guest ends its machine; on arm64 firmware does (PSCI). Under emulation the
 * clock is the ACPI timer, which QEMU derives from the host's clock: the TSC is calibrated against an emulated timer, and
 * on a loaded host the kernel got its rate wrong by factors up to 93. The timer of arm64 says its own rate.
 *
 * QEMU's `virt` has a PL011 as its serial port; Firecracker has a 16550 on both.
 */
const ARCHITECTURES: Readonly<Partial<Record<NodeJS.Architecture, Architecture>>> = {
  x64: {
    debian: 'amd64',
    machine: 'x86_64',
    kernel: {
      makeArch: 'x86_64',
      bootImage: 'vmlinux',
      bzImage: 'arch/x86/boot/bzImage',
      debianImage: 'bzImage',
      debianModules: ['virtio_pci', 'virtio_blk', 'virtio_console', 'erofs', 'crc32c-intel'],
    },
    qemu: {
      package: 'qemu-system-x86',
      program: 'qemu-system-x86_64',
      loader: 'usr/lib64/ld-linux-x86-64.so.2',
      libraries: 'usr/lib/x86_64-linux-gnu',
      data: ['usr/share/qemu', 'usr/share/seabios'],
      links: { bin: 'usr/bin', sbin: 'usr/sbin', lib: 'usr/lib', lib64: 'usr/lib64' },
      machineType: 'q35,hpet=off,vmport=off,smbus=off,sata=off,i8042=off,usb=off,graphics=off',
      emulatedCpu: 'max',
      kernelWords: ['console=ttyS0', 'reboot=t'],
      emulatedKernelWords: ['nokaslr', 'no_timer_check', 'clocksource=acpi_pm', 'tsc=unstable'],
    },
    firecracker: { kernelWords: ['console=ttyS0', 'reboot=k', 'pci=off'] },
  },
  arm64: {
    debian: 'arm64',
    machine: 'aarch64',
    kernel: {
      makeArch: 'arm64',
      bootImage: 'arch/arm64/boot/Image',
      bzImage: undefined,
      debianImage: 'Image',
      debianModules: ['virtio_pci', 'virtio_blk', 'virtio_console', 'erofs'],
    },
    qemu: {
      package: 'qemu-system-arm',
      program: 'qemu-system-aarch64',
      loader: 'usr/lib/ld-linux-aarch64.so.1',
      libraries: 'usr/lib/aarch64-linux-gnu',
      data: ['usr/share/qemu'],
      links: { bin: 'usr/bin', sbin: 'usr/sbin', lib: 'usr/lib' },
      // The newest interrupt controller that the host has; the default of KVM hosts without GICv2 would not start.
      machineType: 'virt,gic-version=max,usb=off,graphics=off',
      // The architected algorithm of pointer authentication takes an emulator longer than the rest of the guest.
      emulatedCpu: 'max,pauth-impdef=on',
      kernelWords: ['console=ttyAMA0'],
      emulatedKernelWords: ['nokaslr'],
    },
    firecracker: { kernelWords: ['console=ttyS0', 'pci=off'] },
  },
};

/** What TVM knows of an architecture, or undefined where it runs nothing. */
export function findArchitecture(name: NodeJS.Architecture = process.arch): Architecture | undefined {
  return ARCHITECTURES[name];
}

/** What TVM knows of the host's architecture. @throws TvmError `host_unready` for one that it runs nothing on */
export function hostArchitecture(name: NodeJS.Architecture = process.arch): Architecture {
  const known = findArchitecture(name);
  if (known) return known;
  const supported = Object.keys(ARCHITECTURES).join(' or ');
  throw new TvmError(
    'host_unready',
    `processor architecture ${name} is not supported; TVM needs ${supported}`,
  );
}
