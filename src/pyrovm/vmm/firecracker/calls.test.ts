import { describe, expect, it } from 'vitest';
import { faultOf } from '../../../../test/doubles/firecracker-api-spec.ts';
import { bootCalls, restoreCalls, saveCalls } from './calls.ts';
import type { ApiCall } from './calls.ts';
import { featuresOf } from './version.ts';

const VERSIONS = ['1.1.0', '1.3.3', '1.4.0', '1.7.0', '1.10.1', '1.13.1', '1.15.1', '1.16.1', '1.17.0'];
const boot = { kernel: '/vm/kernel', initrd: '/vm/initrd' };
const spec = { id: 'a', memoryMb: 256, cpuCount: 2, boot, rootfs: '/vm/rootfs' };
const files = { ...boot, rootfs: '/vm/rootfs' };

const names = (calls: readonly ApiCall[]): string[] => calls.map(({ method, path }) => `${method} ${path}`);

describe.each(VERSIONS)('the calls for Firecracker %s', (version) => {
  const features = featuresOf(version);

  it.each([
    ['make a machine', bootCalls(spec, files, features), 'configuring'],
    ['save it', saveCalls('/vm/memory', '/vm/state'), 'paused'],
    ['restore it', restoreCalls('/vm/memory', '/vm/state'), 'untouched'],
  ] as const)('that %s have the fields that it knows', (_what, calls, state) => {
    for (const { method, path, body } of calls) {
      expect(faultOf(version, `${method} ${path}`, body, path === '/vm' ? 'running' : state)).toBeUndefined();
    }
  });
});

describe('the calls', () => {
  it('start the machine last, after all its devices', () => {
    const calls = names(bootCalls(spec, files, featuresOf('1.16.1')));
    expect(calls).toEqual([
      'PUT /machine-config',
      'PUT /boot-source',
      'PUT /drives/rootfs',
      'PUT /vsock',
      'PUT /entropy',
      'PUT /actions',
    ]);
    expect(names(bootCalls(spec, files, featuresOf('1.3.0')))).not.toContain('PUT /entropy');
    const probe = bootCalls(
      { ...spec, rootfs: undefined },
      { ...files, rootfs: undefined },
      featuresOf('1.1.0'),
    );
    expect(names(probe)).not.toContain('PUT /drives/rootfs');
  });

  it('give the guest no network and a root that it cannot write to', () => {
    const calls = bootCalls(spec, files, featuresOf('1.16.1'));
    expect(names(calls).join()).not.toContain('network');
    expect(calls.find(({ path }) => path === '/drives/rootfs')?.body).toMatchObject({ is_read_only: true });
  });

  it('let each clone make its socket in its own folder, and map the memory from a file', () => {
    const vsock = bootCalls(spec, files, featuresOf('1.1.0')).find(({ path }) => path === '/vsock');
    expect(vsock?.body['uds_path']).toBe('v.sock');
    expect(restoreCalls('m', 's')[0]?.body).toEqual({
      snapshot_path: 's',
      mem_backend: { backend_type: 'File', backend_path: 'm' },
      resume_vm: false,
    });
  });
});

describe('the documented API', () => {
  it.each([
    ['1.3.9', 'PUT /entropy', {}, 'configuring', /Invalid request method/],
    ['1.1.0', 'PUT /machine-config', { vcpu_count: 1 }, 'untouched', /missing field `mem_size_mib`/],
    [
      '1.1.0',
      'PUT /machine-config',
      { vcpu_count: 1, mem_size_mib: 1, huge_pages: 'None' },
      'untouched',
      /unknown/,
    ],
    ['1.1.0', 'PUT /machine-config', { vcpu_count: '1', mem_size_mib: 1 }, 'untouched', /invalid value/],
    ['1.1.0', 'PUT /snapshot/load', { snapshot_path: 's' }, 'configuring', /not allowed after/],
    ['1.1.0', 'PUT /vsock', { guest_cid: 3, uds_path: 'v' }, 'running', /after starting/],
    ['1.1.0', 'PATCH /vm', { state: 'Paused' }, 'configuring', /before starting/],
    [
      '1.15.0',
      'PUT /snapshot/load',
      { snapshot_path: 's', vsock_override: {} },
      'untouched',
      /unknown field/,
    ],
  ] as const)('of %s refuses what it should: %s %j when %s', (version, call, body, state, fault) => {
    expect(faultOf(version, call, body, state)).toMatch(fault);
  });
});
