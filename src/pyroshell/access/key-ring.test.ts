import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordingLogger } from '../../../test/doubles/recording-logger.ts';
import { hashKey, makeKey } from './api-key.ts';
import { changeKeyFile } from './key-file.ts';
import { KeyRing, LOOK_INTERVAL_MS } from './key-ring.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-ring-'));
  file = join(folder, 'keys.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function put(...keys: readonly string[]): Promise<void> {
  const createdAt = '2026-11-21T12:00:00.000Z';
  await changeKeyFile(file, () =>
    keys.map((key, at) => ({ name: `k${at}`, sha256: hashKey(key), createdAt })),
  );
}

function ring() {
  const clock = { ms: 0 };
  const log = recordingLogger();
  const keys = new KeyRing(file, log.logger, () => clock.ms);
  const later = (): KeyRing => {
    clock.ms += LOOK_INTERVAL_MS;
    return keys;
  };
  return { keys, later, clock, lines: log.lines };
}

describe('the keys of a running service', () => {
  it('are none without a file, and none is needed', () => {
    const { keys } = ring();
    expect([keys.required, keys.size, keys.nameOf(makeKey())]).toEqual([false, 0, undefined]);
  });

  it('are needed from the first one on', async () => {
    const { later } = ring();
    const key = makeKey();
    await put(key);
    expect(later().required).toBe(true);
    expect(later().nameOf(key)).toBe('k0');
    expect(later().nameOf(makeKey())).toBeUndefined();
  });

  it('are revoked without a restart; what was asked before is not asked again for half a second', async () => {
    const [a, b] = [makeKey(), makeKey()];
    await put(a, b);
    const { keys, later, clock, lines } = ring();
    expect([keys.nameOf(a), keys.nameOf(b)]).toEqual(['k0', 'k1']);
    await put(a);
    clock.ms += LOOK_INTERVAL_MS - 1;
    expect(keys.nameOf(b)).toBe('k1');
    clock.ms += 1;
    expect([keys.nameOf(a), keys.nameOf(b)]).toEqual(['k0', undefined]);
    later();
    expect(keys.required).toBe(true);
    expect(lines).toEqual([expect.objectContaining({ msg: 'the API keys have changed', keys: ['k0'] })]);
  });

  it('never become unneeded: without any, everybody is refused', async () => {
    const key = makeKey();
    await put(key);
    const { later, lines } = ring();
    await put();
    expect([later().required, later().nameOf(key)]).toEqual([true, undefined]);
    await put(key);
    expect(later().nameOf(key)).toBe('k0');
    rmSync(file);
    expect([later().required, later().nameOf(key)]).toEqual([true, undefined]);
    expect(lines.at(-1)).toMatchObject({
      level: 'error',
      msg: 'the file of API keys is gone: every request is refused',
    });
    await put(key);
    expect(later().nameOf(key)).toBe('k0');
  });

  it('stay as they were while the file is damaged, which is said once', async () => {
    const key = makeKey();
    await put(key);
    const { later, lines } = ring();
    writeFileSync(file, '{"version":1,');
    for (let i = 0; i < 5; i += 1) {
      expect([later().required, later().nameOf(key), later().nameOf(makeKey())]).toEqual([
        true,
        'k0',
        undefined,
      ]);
    }
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'error',
        msg: 'the API keys cannot be read again: those known before remain in force',
        error: expect.stringContaining('it is no JSON') as string,
        keys: ['k0'],
      }),
    ]);
    const other = makeKey();
    rmSync(file);
    await put(other);
    expect([later().nameOf(key), later().nameOf(other)]).toEqual([undefined, 'k0']);
  });

  it('are read as soon as what kept them from it is gone', async () => {
    const [a, b] = [makeKey(), makeKey()];
    await put(a);
    const { later } = ring();
    await put(b);
    chmodSync(file, 0o666);
    expect(later().nameOf(a)).toBe('k0');
    chmodSync(file, 0o600);
    expect([later().nameOf(a), later().nameOf(b)]).toEqual([undefined, 'k0']);
  });

  it('are needed once a file is there, though it is damaged', () => {
    const { later } = ring();
    writeFileSync(file, 'x');
    expect(later().required).toBe(true);
  });

  it('do not begin with a damaged file', () => {
    writeFileSync(file, '{}');
    expect(ring).toThrow(expect.objectContaining({ code: 'config_invalid' }) as Error);
  });
});
