import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../config/load.ts';
import { hostArchitecture } from '../../../images/architecture.ts';
import { ensureQemuInstall, qemuCommand } from './install.ts';

const X64 = hostArchitecture('x64');
const ARM64 = hostArchitecture('arm64');

describe('the words that start QEMU', () => {
  it.each(['bubblewrap', 'setpriv', 'none'] as const)('are the host’s program, seen by %s', (view) => {
    expect(qemuCommand({ kind: 'host', binary: '/opt/qemu' }, view)).toEqual(['/opt/qemu']);
  });

  it('are its name alone where its tree is the whole system', () => {
    const tree = { kind: 'tree', root: '/cache/qemu' } as const;
    expect(qemuCommand(tree, 'bubblewrap', X64)).toEqual(['qemu-system-x86_64']);
    expect(qemuCommand(tree, 'bubblewrap', ARM64)).toEqual(['qemu-system-aarch64']);
  });

  it.each(['setpriv', 'none'] as const)('are those of the tree’s own loader, seen by %s', (view) => {
    const words = qemuCommand({ kind: 'tree', root: '/cache/qemu' }, view, X64);
    expect(words.slice(0, 4)).toEqual([
      '/cache/qemu/usr/lib64/ld-linux-x86-64.so.2',
      '--library-path',
      '/cache/qemu/usr/lib/x86_64-linux-gnu',
      '/cache/qemu/usr/bin/qemu-system-x86_64',
    ]);
    expect(words.slice(4)).toEqual([
      '-L',
      '/cache/qemu/usr/share/qemu',
      '-L',
      '/cache/qemu/usr/share/seabios',
    ]);
  });

  it('are those of arm64 there', () => {
    expect(qemuCommand({ kind: 'tree', root: '/cache/qemu' }, 'setpriv', ARM64)).toEqual([
      '/cache/qemu/usr/lib/ld-linux-aarch64.so.1',
      '--library-path',
      '/cache/qemu/usr/lib/aarch64-linux-gnu',
      '/cache/qemu/usr/bin/qemu-system-aarch64',
      '-L',
      '/cache/qemu/usr/share/qemu',
    ]);
  });
});

describe('the QEMU that the settings ask for', () => {
  const options = { signal: new AbortController().signal, progress: () => {} };

  it('is the one that is named, and nothing is unpacked for it', async () => {
    const environment = { HOME: '/nowhere', XDG_RUNTIME_DIR: '/nowhere' };
    const config = loadConfig({ environment, flags: { qemu_bin: '/opt/qemu' } });
    expect(await ensureQemuInstall(config, options)).toEqual({ kind: 'host', binary: '/opt/qemu' });
  });
});
