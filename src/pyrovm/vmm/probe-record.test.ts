import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readProbeRecord, writeProbeRecord } from './probe-record.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-probe-'));
  file = join(folder, 'sub', 'probe.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const PROBES = {
  kvm: { works: false, reason: 'this host has no /dev/kvm' },
  tcg: { works: true, bootMs: 2345.6 },
} as const;

describe('the record of probes', () => {
  it('gives back what was written for the same key, and leaves no other file', async () => {
    await writeProbeRecord(file, 'key', PROBES);
    expect(await readProbeRecord(file, 'key')).toEqual(PROBES);
    expect(readdirSync(join(folder, 'sub'))).toEqual(['probe.json']);
  });

  it('holds any subset of the accelerators, and the latest word', async () => {
    for (const probes of [PROBES, {}, { tcg: PROBES.tcg }, { kvm: PROBES.kvm }]) {
      await writeProbeRecord(file, 'key', probes);
      expect(await readProbeRecord(file, 'key')).toEqual(probes);
    }
  });

  it('tells nothing about another key', async () => {
    await writeProbeRecord(file, 'key', PROBES);
    expect(await readProbeRecord(file, 'other')).toEqual({});
  });

  it('tells nothing when there is none', async () => {
    expect(await readProbeRecord(file, 'key')).toEqual({});
  });

  it('tells nothing when it is damaged, whatever the damage', async () => {
    await writeProbeRecord(file, 'key', PROBES);
    const good = readFileSync(file, 'utf8');
    const other = (probes: object): string => JSON.stringify({ key: 'key', probes });
    const text = fc.oneof(
      fc.nat(good.length - 1).map((length) => good.slice(0, length)),
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.constantFrom(
        other({ tcg: { works: true } }),
        other({ tcg: { works: false } }),
        other({ tcg: { works: 'yes', bootMs: 1 } }),
        other({ xen: PROBES.tcg }),
        JSON.stringify({ key: 'key', probes: PROBES, more: 1 }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(text, async (text) => {
        writeFileSync(file, text);
        expect(await readProbeRecord(file, 'key')).toEqual({});
      }),
    );
  });
});
