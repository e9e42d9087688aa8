import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runInTree } from './sandbox.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-sandbox-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a command of this host prints, with the host's own root as the tree. */
async function printed(...command: string[]): Promise<string> {
  const outputFile = join(folder, 'output');
  const { signal } = new AbortController();
  await runInTree('/', command, { signal, writable: false, outputFile, timeoutMs: 20_000 });
  return readFileSync(outputFile, 'utf8');
}

describe('a command in the tree of an image', () => {
  it('is root there without any capability, and cannot get one', async () => {
    const status = await printed('cat', '/proc/self/status');
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
      expect(status).toMatch(new RegExp(`^${set}:\\t0+$`, 'm'));
    }
    expect(status).toMatch(/^Uid:\t0\t0\t0\t0$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
  });

  it('sees none of the host’s processes, devices or networks, and nothing of its environment', async () => {
    expect(await printed('sh', '-c', 'echo /proc/[0-9]*')).not.toContain(`/proc/${process.pid} `);
    expect((await printed('ls', '/dev')).split('\n')).not.toContain('kvm');
    expect((await printed('cat', '/proc/net/dev')).match(/^ *[a-z0-9]+:/gm)).toEqual(['    lo:']);
    const names = (await printed('env')).match(/^[A-Z_]+(?==)/gm)?.toSorted();
    expect(names).toEqual(['HOME', 'LANG', 'PATH', 'PWD', 'PYTHONHASHSEED']);
  });

  it('fails with what it printed, and ends in time', async () => {
    await expect(printed('sh', '-c', 'echo why; exit 3')).rejects.toMatchObject({ code: 'build_failed' });
  });
});
