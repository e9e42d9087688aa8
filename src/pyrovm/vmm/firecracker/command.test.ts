import { describe, expect, it } from 'vitest';
import { hostArchitecture } from '../../../images/architecture.ts';
import { firecrackerArguments, firecrackerName, kernelCommandLine } from './command.ts';

const UUID = '01234567-0123-0123-0123-0123456789ab';

describe('the name of a VM', () => {
  it.each(['a', `0123456789abcdef-${UUID}`])('is its id where that fits: %s', (id) => {
    expect(firecrackerName(id)).toBe(`tvm-${id}`);
  });

  it.each([`0123456789abcdef-template-${UUID}`, 'a b', 'é', '', 'x'.repeat(500), '../../etc'])(
    'is what Firecracker takes as an id: %j',
    (id) => {
      const name = firecrackerName(id);
      expect(name).toMatch(/^tvm-[A-Za-z0-9-]{0,60}$/);
      expect(firecrackerName(id)).toBe(name);
      expect(firecrackerName(`${id}2`)).not.toBe(name);
    },
  );

  it('begins with that of the TVM process, by which the sweep finds it', () => {
    expect(firecrackerName(`0123456789abcdef-template-${UUID}`)).toMatch(/^tvm-0123456789abcdef-template-/);
  });
});

describe('the arguments of Firecracker', () => {
  it('ask for a log level only where it needs no log file', () => {
    expect(firecrackerArguments({ logLevel: false })).toEqual(['--api-sock', 'api.sock']);
    expect(firecrackerArguments({ logLevel: true }).slice(-2)).toEqual(['--level', 'Warning']);
  });

  it('leave seccomp on', () => {
    expect(firecrackerArguments({ logLevel: true }).join(' ')).not.toMatch(/seccomp/);
  });
});

describe('the command line of the guest', () => {
  it('names channel and root device', () => {
    expect(kernelCommandLine({ rootfs: '/x' })).toMatch(/ tvm\.channel=vsock tvm\.root=vda$/);
    expect(kernelCommandLine({ rootfs: undefined })).not.toContain('tvm.root');
  });

  it('has a crashed guest reset its machine, and no PCI', () => {
    const x64 = kernelCommandLine({ rootfs: '/x' }, hostArchitecture('x64')).split(' ');
    expect(x64).toEqual(expect.arrayContaining(['console=ttyS0', 'reboot=k', 'panic=-1', 'pci=off']));
    const arm64 = kernelCommandLine({ rootfs: '/x' }, hostArchitecture('arm64')).split(' ');
    expect(arm64).toEqual(expect.arrayContaining(['console=ttyS0', 'panic=-1', 'pci=off']));
    // There is no keyboard controller: the kernel resets by PSCI.
    expect(arm64).not.toContain('reboot=k');
  });
});
