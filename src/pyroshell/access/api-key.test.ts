import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { findKey, hashKey, makeKey } from './api-key.ts';

const stored = (name: string, key: string) => ({
  name,
  sha256: hashKey(key),
  createdAt: '2026-11-21T12:00:00.000Z',
});

describe('an API key', () => {
  it('has 256 bits of its own behind the prefix', () => {
    const keys = Array.from({ length: 1000 }, () => makeKey());
    expect(new Set(keys).size).toBe(1000);
    for (const key of keys) expect(key).toMatch(/^tvm_[0-9a-f]{64}$/);
    // Every bit is drawn: none is the same in a thousand keys.
    const all = keys.map((key) => BigInt(`0x${key.slice(4)}`));
    const [and, or] = [all.reduce((a, b) => a & b), all.reduce((a, b) => a | b)];
    expect([and, or]).toEqual([0n, 2n ** 256n - 1n]);
  });

  it('is kept as its SHA-256', () => {
    expect(hashKey('tvm_abc')).toBe(createHash('sha256').update('tvm_abc').digest('hex'));
  });

  it('is found among several, wherever it stands', () => {
    const keys = Array.from({ length: 20 }, () => makeKey());
    const ring = keys.map((key, at) => stored(`k${at}`, key));
    for (const [at, key] of keys.entries()) expect(findKey(ring, key)?.name).toBe(`k${at}`);
    expect(findKey(ring, makeKey())).toBeUndefined();
    expect(findKey([], makeKey())).toBeUndefined();
  });

  it('is nothing but itself: no part, no case, no blank, not its hash', () => {
    const key = makeKey();
    const ring = [stored('a', key), stored('odd', 'tvm_odd'), stored('empty', '')];
    const near = [key.slice(0, -1), `${key}0`, key.toUpperCase(), ` ${key}`, `${key}\n`, hashKey(key)];
    for (const other of [...near, `tvm_${hashKey(key)}`, 'tvm_odd', '']) {
      expect(findKey(ring, other)).toBeUndefined();
    }
  });
});
