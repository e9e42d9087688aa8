import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from './config/load.ts';
import { repair } from './doctor.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const options = {
  signal: new AbortController().signal,
  progress: (line: string) => expect.fail(line),
};
const environment = (): Record<string, string> => ({
  HOME: folder,
  XDG_CACHE_HOME: folder,
  XDG_RUNTIME_DIR: folder,
});

const HAS_KVM = existsSync('/dev/kvm');
if (HAS_KVM) process.stderr.write('doctor --fix without KVM is not tested here: /dev/kvm is there\n');

describe('the repair of the host', () => {
  it.each([{ vmm: 'qemu' }, { accelerator: 'tcg' }])('does nothing with %j, and says why', async (flags) => {
    const findings = await repair(loadConfig({ environment: environment(), flags }), options);
    expect(findings).toEqual([
      { check: 'fix', state: 'ok', detail: expect.stringMatching(/^Firecracker is not fetched: /) as string },
    ]);
  });

  it.skipIf(HAS_KVM)('does nothing without KVM, and says so', async () => {
    const [finding] = await repair(loadConfig({ environment: environment() }), options);
    expect(finding?.detail).toContain('this host has no /dev/kvm');
  });
});
