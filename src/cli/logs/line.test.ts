import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatLine, parseLine } from './line.ts';
import { mergeByTime } from './merge.ts';

const AT = new Date(2026, 0, 2, 3, 4, 5, 67).getTime();

function json(time: number, component: string, msg: string, facts: object = {}): string {
  return JSON.stringify({ level: 'info', time, component, msg, ...facts });
}

test('a line for people', () => {
  const text = json(AT, 'api', 'request', {
    status: 200,
    path: '/api/execute',
    note: 'two words',
    list: [1],
  });
  expect(formatLine(parseLine(text))).toBe(
    '03:04:05.067 INFO  api   request status=200 path=/api/execute note="two words" list=[1]',
  );
});

test.each([
  '',
  'plain text',
  '{"level":"info"}',
  '{ broken',
  '[1]',
  '{"time":1e99,"level":"info","component":"api"}',
])('a line that is not ours is shown as it is: %s', (text) => {
  expect(formatLine(parseLine(text))).toBe(text);
});

test('no line can drive a terminal', () => {
  const unsafe = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
  const hostile = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(hostile, hostile, hostile, (msg, key, value) => {
      const shown = [json(AT, 'api', msg, { [`k${key}`]: value }), msg].map((text) =>
        formatLine(parseLine(text)),
      );
      expect(shown.filter((text) => unsafe.test(text.replaceAll('\t', '')))).toEqual([]);
    }),
  );
  expect(formatLine(parseLine('\u001b[31mred\u0007'))).toBe(String.raw`\u001b[31mred\u0007`);
});

test('components are merged by time, each in its own order', () => {
  const merged = mergeByTime([
    [json(1, 'api', 'a'), json(5, 'api', 'd'), '  at stack', json(6, 'api', 'f')],
    ['no time', json(2, 'tvm', 'b'), json(3, 'tvm', 'c'), json(5, 'tvm', 'e')],
  ]);
  expect(merged.map(({ text, fields }) => fields?.msg ?? text)).toEqual([
    'no time',
    'a',
    'b',
    'c',
    'd',
    '  at stack',
    'e',
    'f',
  ]);
});

test("a merge keeps every line and every component's order", () => {
  const times = fc.array(fc.nat({ max: 20 }), { maxLength: 15 });
  fc.assert(
    fc.property(fc.array(times, { maxLength: 4 }), (all) => {
      const logs = all.map((list, c) => list.map((time, i) => json(time, `c${c}`, `${c}-${i}`)));
      const merged = mergeByTime(logs).map((line) => line.text);
      expect(merged).toHaveLength(logs.flat().length);
      for (const log of logs) expect(merged.filter((text) => log.includes(text))).toEqual(log);
    }),
  );
});
