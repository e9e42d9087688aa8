import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { lastLines } from './tail.ts';

const folder = mkdtempSync(join(tmpdir(), 'tvm-tail-'));
const path = join(folder, 'log');
afterAll(() => rmSync(folder, { recursive: true }));

const line = fc.oneof(
  fc.constant(''),
  fc.string({ unit: 'binary', maxLength: 40 }).map((s) => s.replaceAll('\n', '')),
);
const text = fc
  .tuple(fc.array(line, { maxLength: 30 }), fc.boolean())
  .map(([lines, ended]) => lines.join('\n') + (ended && lines.length > 0 ? '\n' : ''));

/** By reading everything. */
function naive(content: string, count: number, partial: boolean): { lines: string[]; end: number } {
  const complete = content.slice(0, content.lastIndexOf('\n') + 1);
  const lines = complete.split('\n').slice(0, -1);
  const rest = content.slice(complete.length);
  if (partial && rest !== '') lines.push(rest);
  return { lines: lines.slice(Math.max(0, lines.length - count)), end: Buffer.byteLength(complete) };
}

test('the last lines are those of the whole file, whatever the size of the pieces', async () => {
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.nat({ max: 35 }),
      fc.integer({ min: 1, max: 70 }),
      fc.boolean(),
      async (content, count, chunkBytes, partial) => {
        writeFileSync(path, content);
        await using file = await open(path, 'r');
        expect(await lastLines(file, count, { partial, chunkBytes })).toEqual(naive(content, count, partial));
      },
    ),
    { numRuns: 500 },
  );
});

test('of a large file only the end is read', async () => {
  writeFileSync(path, `${'x'.repeat(99)}\n`.repeat(200_000));
  await using file = await open(path, 'r');
  let bytes = 0;
  const counting = new Proxy(file, {
    get(target, key) {
      if (key !== 'read') return (Reflect.get(target, key) as () => unknown).bind(target);
      return async (buffer: Buffer, offset: number, length: number, position: number) => {
        bytes += length;
        return target.read(buffer, offset, length, position);
      };
    },
  });
  const { lines } = await lastLines(counting, 10, { partial: true });
  expect(lines).toHaveLength(10);
  expect(bytes).toBeLessThan(100_000);
});
