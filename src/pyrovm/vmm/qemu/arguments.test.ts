import { describe, expect, it } from 'vitest';
import { hostArchitecture } from '../../../images/architecture.ts';
import type { VmSpec } from '../driver.ts';
import {
  AGENT_DESCRIPTOR,
  CONSOLE_DESCRIPTOR,
  kernelCommandLine,
  qemuArguments,
  qemuName,
} from './arguments.ts';

const SPEC: VmSpec = {
  id: '0123-abc',
  memoryMb: 224,
  cpuCount: 2,
  boot: { kernel: '/host/kernel', initrd: '/host/initrd' },
  rootfs: '/host/rootfs',
};
const FILES = { kernel: '/vm/kernel', initrd: '/vm/initrd', rootfs: '/vm/rootfs' };

/** The values that follow an option, in order. */
function values(line: readonly string[], option: string): string[] {
  return line.flatMap((word, index) => (word === option ? [line[index + 1] ?? ''] : []));
}

describe('the command line of QEMU', () => {
  const line = qemuArguments(SPEC, FILES, 'tcg');

  it('is the same for the same VM', () => {
    expect(qemuArguments(structuredClone(SPEC), { ...FILES }, 'tcg')).toEqual(line);
  });

  it('holds the name by which the process is found, as an argument of its own', () => {
    expect(values(line, '-name')).toEqual([qemuName(SPEC.id)]);
    expect(qemuName(SPEC.id)).toBe('tvm-0123-abc');
  });

  it('gives the machine its size and the files as the jail shows them', () => {
    expect([values(line, '-smp'), values(line, '-m')]).toEqual([['2'], ['224']]);
    expect([values(line, '-kernel'), values(line, '-initrd')]).toEqual([['/vm/kernel'], ['/vm/initrd']]);
    expect(line.join(' ')).not.toContain('/host/');
  });

  it('has the agent’s port and the console on the inherited descriptors, and no network', () => {
    const chardevs = values(line, '-chardev');
    expect(chardevs).toContain(`socket,id=agent,fd=${AGENT_DESCRIPTOR}`);
    expect(chardevs).toContain(`socket,id=console,fd=${CONSOLE_DESCRIPTOR}`);
    expect(values(line, '-device')).toContain('virtserialport,chardev=agent,name=tvm.agent');
    expect(line).toEqual(expect.arrayContaining(['-nodefaults', '-no-user-config', '-no-reboot']));
    expect(line.join(' ')).not.toMatch(/net(dev|work)|-nic|virtio-net/);
  });

  it('is behind the seccomp filter, with every refusal that it knows', () => {
    expect(values(line, '-sandbox')).toEqual([
      'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
    ]);
  });

  it('has a root disk that cannot be written, and none without a root file system', () => {
    expect(values(line, '-drive')).toEqual(['if=none,id=root,file=/vm/rootfs,format=raw,readonly=on']);
    expect(values(line, '-device')).toContain('virtio-blk-pci,drive=root');
    const bare = qemuArguments({ ...SPEC, rootfs: undefined }, { ...FILES, rootfs: undefined }, 'tcg');
    expect(values(bare, '-drive')).toEqual([]);
    expect(bare.join(' ')).not.toMatch(/virtio-blk|tvm\.root/);
  });

  it('doubles the commas of a path, so that it cannot become options of the drive', () => {
    const rootfs = '/a,readonly=off/b,,c';
    expect(values(qemuArguments(SPEC, { ...FILES, rootfs }, 'tcg'), '-drive')).toEqual([
      'if=none,id=root,file=/a,,readonly=off/b,,,,c,format=raw,readonly=on',
    ]);
  });

  it('differs between the accelerators in the accelerator, the CPU and what the kernel is told, and nowhere else', () => {
    const kvm = qemuArguments(SPEC, FILES, 'kvm');
    expect([values(kvm, '-accel'), values(kvm, '-cpu')]).toEqual([['kvm'], ['host']]);
    expect(values(line, '-accel')[0]).toMatch(/^tcg,/);
    expect(values(line, '-cpu')).toEqual(['max']);
    const differences = line.flatMap((word, index) => (word === kvm[index] ? [] : [line[index - 1]]));
    expect(kvm).toHaveLength(line.length);
    expect(differences).toEqual(['-accel', '-cpu', '-append']);
  });
});

describe('the command lines of a template and its clones', () => {
  const MEMORY = { ...FILES, memory: '/vm/memory' };
  const plain = qemuArguments(SPEC, FILES, 'tcg');
  const template = qemuArguments(SPEC, MEMORY, 'tcg', 'template');
  const clone = qemuArguments(SPEC, MEMORY, 'tcg', 'clone');

  /** Without the words that the role may change, which must stand there. */
  function common(line: readonly string[], ...own: readonly string[]): string[] {
    const text = line.join('\0');
    expect(text.split(own.join('\0'))).toHaveLength(2);
    return text.replace(`${own.join('\0')}\0`, '').split('\0');
  }

  it('have the memory in a file that the template writes and a clone cannot', () => {
    const backend = 'memory-backend-file,id=memory,size=224M,mem-path=/vm/memory';
    expect(values(template, '-object')).toEqual([`${backend},share=on`]);
    expect(values(clone, '-object')).toEqual([`${backend},share=off,readonly=on,rom=off`]);
    expect(values(plain, '-object')).toEqual([]);
    for (const line of [template, clone]) {
      expect(values(line, '-machine')).toEqual([`${values(plain, '-machine')[0]},memory-backend=memory`]);
    }
  });

  it('let a clone wait, stopped, for the state of its devices, and nobody else', () => {
    expect(clone.join(' ')).toContain('-incoming defer -S');
    for (const line of [plain, template]) expect(line.join(' ')).not.toMatch(/-incoming|-S\b/);
  });

  it.each(['kvm', 'tcg'] as const)('differ in nothing else (%s)', (accelerator) => {
    const [one, other] = (['template', 'clone'] as const).map((role) =>
      qemuArguments(SPEC, MEMORY, accelerator, role),
    ) as [string[], string[]];
    const shared = common(one, '-object', values(one, '-object')[0] ?? '');
    expect(common(other, '-object', values(other, '-object')[0] ?? '', '-incoming', 'defer', '-S')).toEqual(
      shared,
    );
    const machine = values(one, '-machine')[0] ?? '';
    const alone = qemuArguments(SPEC, FILES, accelerator);
    expect(shared.map((word) => (word === machine ? values(alone, '-machine')[0] : word))).toEqual(alone);
  });

  it('differ between clones in the name alone', () => {
    const another = qemuArguments({ ...SPEC, id: 'another' }, MEMORY, 'tcg', 'clone');
    const differences = clone.flatMap((word, index) => (word === another[index] ? [] : [clone[index - 1]]));
    expect(another).toHaveLength(clone.length);
    expect(differences).toEqual(['-name']);
  });

  it('double the commas of the memory’s path', () => {
    const line = qemuArguments(SPEC, { ...FILES, memory: '/a,share=on' }, 'tcg', 'clone');
    expect(values(line, '-object')[0]).toContain('mem-path=/a,,share=on,share=off,readonly=on');
  });
});

describe('the command line on arm64', () => {
  const arm64 = hostArchitecture('arm64');
  const line = qemuArguments(SPEC, FILES, 'tcg', 'plain', arm64);

  it('has the machine and the processor of that architecture', () => {
    expect(values(line, '-machine')).toEqual(['virt,gic-version=max,usb=off,graphics=off']);
    expect(values(line, '-cpu')).toEqual(['max,pauth-impdef=on']);
    expect(values(qemuArguments(SPEC, FILES, 'kvm', 'plain', arm64), '-cpu')).toEqual(['host']);
  });

  it('keeps the memory of a template where it is', () => {
    const files = { ...FILES, memory: '/vm/memory' };
    const [machine] = values(qemuArguments(SPEC, files, 'kvm', 'clone', arm64), '-machine');
    expect(machine).toBe('virt,gic-version=max,usb=off,graphics=off,memory-backend=memory');
  });

  it('knows nothing of clocks and consoles of x86-64', () => {
    const words = kernelCommandLine(SPEC, 'tcg', arm64).split(' ');
    expect(words).toEqual(expect.arrayContaining(['console=ttyAMA0', 'panic=-1', 'tvm.root=vda']));
    expect(words.join(' ')).not.toMatch(/ttyS0|tsc|acpi_pm|timer|reboot/);
  });
});

describe('the command line of the kernel', () => {
  it('is one argument of QEMU', () => {
    for (const accelerator of ['kvm', 'tcg'] as const) {
      expect(values(qemuArguments(SPEC, FILES, accelerator), '-append')).toEqual([
        kernelCommandLine(SPEC, accelerator),
      ]);
    }
  });

  it('names the root disk just when there is one', () => {
    expect(kernelCommandLine(SPEC, 'kvm').split(' ')).toContain('tvm.root=vda');
    expect(kernelCommandLine({ rootfs: undefined }, 'kvm')).not.toContain('tvm.root');
  });

  it('ends QEMU when the guest crashes, with -no-reboot', () => {
    expect(kernelCommandLine(SPEC, 'kvm').split(' ')).toContain('panic=-1');
  });

  it('gives up address randomisation under emulation only, where it costs and guards nothing', () => {
    expect(kernelCommandLine(SPEC, 'tcg').split(' ')).toContain('nokaslr');
    expect(kernelCommandLine(SPEC, 'kvm').split(' ')).not.toContain('nokaslr');
  });
});
