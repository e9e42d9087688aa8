import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hashOf, hashOfFile } from './hash.ts';

describe('hashOf', () => {
  it('is the SHA-256 of each part behind its length in bytes', () => {
    // printf '3:abc2:\303\251' | sha256sum
    expect(hashOf('abc', 'é')).toBe('9134d8b8e5c1e48e444411b0638b4791870cf9904cdb92972000ad2f86f3b3a5');
  });

  it('is the same for a text and its bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (parts) => {
        expect(hashOf(...parts)).toBe(hashOf(...parts.map((part) => Buffer.from(part))));
      }),
    );
  });

  it('tells any two lists of parts apart, wherever their borders are', () => {
    const parts = fc.array(fc.string({ unit: fc.constantFrom('a', '1', ':'), maxLength: 4 }), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        expect(hashOf(...a) === hashOf(...b)).toBe(same);
      }),
      {
        numRuns: 2000,
        examples: [
          [
            ['ab', 'c'],
            ['a', 'bc'],
          ],
          [['a'], ['a', '']],
          [['1:a'], ['1', 'a']],
        ],
      },
    );
  });
});

describe('hashOfFile', () => {
  it('is the SHA-256 of the content, as sha256sum gives it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tvm-hash-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'file');
    writeFileSync(file, 'abc');
    expect(await hashOfFile(file)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    writeFileSync(file, Buffer.alloc(300_000));
    expect(await hashOfFile(file)).toBe('886715e4051e827f4fe215df3053af3f85ad0d352db2c829c7487af6d78efe30');
  });

  it('ends when it is no longer wanted, with the reason', async () => {
    const reason = new Error('closing');
    const wanted = new AbortController();
    // A device without an end.
    const hash = hashOfFile('/dev/zero', wanted.signal);
    setTimeout(() => wanted.abort(reason), 20);
    await expect(hash).rejects.toBe(reason);
    await expect(hashOfFile('/dev/zero', wanted.signal)).rejects.toBe(reason);
  });

  it('of a file that is not there is a failure', async () => {
    await expect(hashOfFile('/tvm/none')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
