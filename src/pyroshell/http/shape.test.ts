import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from './body.ts';
import { MOST_NESTED, MOST_STRUCTURAL, shapeFault } from './shape.ts';

const TOO_DEEP = 'must nest arrays and objects at most 4 deep';
const TOO_MANY = 'must hold at most 1,000 of { [ , : outside strings';

const faultOf = (text: string): string | undefined => shapeFault(Buffer.from(text));

/** The same verdict from a regular expression for tokens; a string that does not end swallows the rest. */
function naiveFault(text: string): string | undefined {
  let depth = 0;
  let structural = 0;
  for (const [token] of text.matchAll(/"(?:\\[^]|[^"\\])*(?:"|\\?$)|[^]/g)) {
    if (token === '}' || token === ']') depth -= 1;
    if (token === '{' || token === '[') depth += 1;
    if (depth > MOST_NESTED) return TOO_DEEP;
    if (['{', '[', ',', ':'].includes(token)) structural += 1;
    if (structural > MOST_STRUCTURAL) return TOO_MANY;
  }
  return undefined;
}

/** Depth and count as the parsed value has them, for texts that have no duplicate keys. */
function measure(value: unknown): { depth: number; structural: number } {
  if (typeof value !== 'object' || value === null) return { depth: 0, structural: 0 };
  const inner = Object.values(value).map(measure);
  const colons = Array.isArray(value) ? 0 : inner.length;
  return {
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
    structural: inner.reduce(
      (sum, { structural }) => sum + structural,
      1 + Math.max(0, inner.length - 1) + colons,
    ),
  };
}

describe('shapeFault', () => {
  it.each([
    ['', undefined],
    ['[[[[1]]]]', undefined],
    ['[[[[[1]]]]]', TOO_DEEP],
    ['{"a":[{"b":{}}]}', undefined],
    ['{"a":[{"b":{"c":[]}}]}', TOO_DEEP],
    [`"${'['.repeat(2000)}"`, undefined],
    [String.raw`"\"[[[[[\\\"[[[["`, undefined],
    [String.raw`"\\"[[[[[`, TOO_DEEP],
    [`[${'1,'.repeat(999)}1]`, undefined],
    [`[${'1,'.repeat(1000)}1]`, TOO_MANY],
    ['[]'.repeat(1001), TOO_MANY],
    [']]]]][[[[[', undefined],
  ])('%#: %j', (text, fault) => {
    expect(faultOf(text)).toBe(fault);
    expect(naiveFault(text)).toBe(fault);
  });

  it('agrees with the value for any JSON, pretty-printed or not', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 7 }), fc.constantFrom(0, 2), (text, indent) => {
        const value: unknown = JSON.parse(text);
        const again = JSON.stringify(value, undefined, indent);
        const { depth, structural } = measure(value);
        const fault = faultOf(again);
        expect(fault === undefined).toBe(depth <= MOST_NESTED && structural <= MOST_STRUCTURAL);
        expect(fault).toBe(naiveFault(again));
      }),
      { numRuns: 1000 },
    );
  });

  it('agrees with a naive tokenizer for strings full of quotes and backslashes', () => {
    const strings = fc.string({
      unit: fc.constantFrom('"', '\\', '[', '{', ',', ':', ']', 'é', '\u{1f600}'),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(strings, fc.dictionary(strings, strings))), (value) => {
        const text = JSON.stringify(value);
        expect(faultOf(text)).toBe(naiveFault(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('agrees with a naive tokenizer for what is no JSON', () => {
    const unit = fc.constantFrom('"', '\\', '{', '[', '}', ']', ',', ':', '1', ' ', 'é', '\\"', '\\\\');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), fc.constantFrom(1, 100), (text, times) => {
        const repeated = text.repeat(times);
        expect(faultOf(repeated)).toBe(naiveFault(repeated));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['objects', `{"x":[${'{},'.repeat(2_700_000)}{}]}`],
    ['depth', `{"args":${'['.repeat(4_000_000)}${']'.repeat(4_000_000)}}`],
    ['keys', `{${Array.from({ length: 700_000 }, (_, i) => `"${i}":1`).join()}}`],
    ['quotes', '"'.repeat(8_000_000)],
    ['escapes', `"${'\\"'.repeat(4_000_000)}"`],
    ['blanks', ' '.repeat(8_000_000)],
  ])('eight megabytes of %s are refused before they block anything', (_name, text) => {
    const bytes = Buffer.from(text);
    const before = process.cpuUsage();
    try {
      parseJson(bytes);
    } catch {}
    // Some 20 ms of processor time, however busy the host is; parsing alone took up to 1.9 s.
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });
});
