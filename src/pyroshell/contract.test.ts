import { describe, expect, it } from 'vitest';
import { apiExecuteSchema, executeSchema } from './contract.ts';
import { validate } from './validate.ts';

const good = { code: 'print(1)', language: 'python' };

function refusal(body: unknown, schema: typeof apiExecuteSchema | typeof executeSchema = apiExecuteSchema) {
  try {
    validate(schema, body);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('was accepted');
}

describe('the contract of POST /api/execute', () => {
  it('takes the example of the guide', () => {
    const body = {
      code: 'print("Hello, World!")',
      language: 'python',
      language_version: '3.11',
      timeout_ms: 5000,
      memory_mb: 128,
      cpu_count: 1,
    };
    expect(validate(apiExecuteSchema, body)).toEqual(body);
  });

  it('takes the additive fields, NUL in stdin and the largest sizes', () => {
    const body = {
      ...good,
      code: 'é'.repeat(500_000),
      stdin: `a\0${'b'.repeat(999_998)}`,
      args: Array.from({ length: 64 }, () => 'x'.repeat(4096)),
      output_encoding: 'base64',
    };
    expect(validate(apiExecuteSchema, body)).toEqual(body);
  });

  it.each([
    [{ language: 'python' }, 'code: required, a string of 1 to 1,000,000 bytes'],
    [{ code: 'x' }, 'language: required, a string of 1 to 64 bytes'],
    [{ ...good, code: '' }, 'code: must be a string of 1 to 1,000,000 bytes, not 0'],
    [{ ...good, code: 'é'.repeat(500_001) }, 'code: must be a string of 1 to 1,000,000 bytes, not 1,000,002'],
    [{ ...good, code: 7 }, 'code: must be a string of 1 to 1,000,000 bytes'],
    [
      { ...good, code: null },
      'code: must not be null; leave it out or send a string of 1 to 1,000,000 bytes',
    ],
    [{ ...good, code: 'a\0b' }, 'code: must not hold a NUL character'],
    [{ ...good, code: '\ud800x' }, 'code: must be valid Unicode: it holds a surrogate without its pair'],
    [{ ...good, stdin: 'x\udc00' }, 'stdin: must be valid Unicode: it holds a surrogate without its pair'],
    [
      { ...good, stdin: 'x'.repeat(1_000_001) },
      'stdin: must be a string of 0 to 1,000,000 bytes, not 1,000,001',
    ],
    [{ ...good, language: 'p\0' }, 'language: must not hold a NUL character'],
    [{ ...good, language: 'p'.repeat(65) }, 'language: must be a string of 1 to 64 bytes, not 65'],
    [{ ...good, language_version: 3.11 }, 'language_version: must be a string of 1 to 64 bytes'],
    [
      { ...good, language_version: null },
      'language_version: must not be null; leave it out or send a string of 1 to 64 bytes',
    ],
    [{ ...good, memory_mb: 1.5 }, 'memory_mb: must be an integer'],
    [{ ...good, memory_mb: '128' }, 'memory_mb: must be an integer'],
    [{ ...good, memory_mb: null }, 'memory_mb: must not be null; leave it out or send an integer'],
    [{ ...good, timeout_ms: 0 }, 'timeout_ms: must be an integer of at least 1'],
    [{ ...good, timeout_ms: Infinity }, 'timeout_ms: must be an integer'],
    [{ ...good, cpu_count: -1 }, 'cpu_count: must be an integer of at least 1'],
    [{ ...good, cpu_count: true }, 'cpu_count: must be an integer'],
    [{ ...good, args: 'x' }, 'args: must be an array of at most 64 strings'],
    [{ ...good, args: Array.from({ length: 65 }, () => 3) }, 'args: must be an array of at most 64 strings'],
    [{ ...good, args: ['x', 3] }, 'args[1]: must be a string of 0 to 4,096 bytes'],
    [{ ...good, args: ['x'.repeat(4097)] }, 'args[0]: must be a string of 0 to 4,096 bytes, not 4,097'],
    [{ ...good, args: ['\0'] }, 'args[0]: must not hold a NUL character'],
    [{ ...good, args: ['\udfff'] }, 'args[0]: must be valid Unicode: it holds a surrogate without its pair'],
    [{ ...good, output_encoding: 'hex' }, "output_encoding: must be 'utf8' or 'base64'"],
    [[], 'body: must be one JSON object'],
    [null, 'body: must be one JSON object'],
    ['text', 'body: must be one JSON object'],
    [undefined, 'body: must be one JSON object'],
  ])('refuses %#: %s', (body, message) => {
    expect(refusal(body)).toBe(message);
  });

  it('names an unknown field and what is allowed', () => {
    expect(refusal({ ...good, foo: 1 })).toBe(
      'foo: unknown field; allowed: code, language, timeout_ms, language_version, memory_mb, cpu_count, stdin, args, ' +
        'output_encoding',
    );
    expect(refusal({ ...good, ['x'.repeat(500)]: 1 })).toContain(`"${'x'.repeat(40)}…": unknown field`);
  });

  it('takes the keys of Object.prototype for unknown fields and pollutes nothing', () => {
    const body: unknown = JSON.parse(
      '{"code":"1","language":"python","__proto__":{"polluted":1},"constructor":2}',
    );
    const message = refusal(body);
    expect(message).toContain('__proto__: unknown field');
    expect(message).toContain('constructor: unknown field');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('joins several faults, and counts those beyond ten', () => {
    expect(refusal({ code: 1, language: 2 })).toBe(
      'code: must be a string of 1 to 1,000,000 bytes; language: must be a string of 1 to 64 bytes',
    );
    expect(refusal({ ...good, args: Array.from({ length: 20 }, () => 1) })).toMatch(/; and 10 more$/);
    const unknown = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, 1]));
    const parts = refusal({ ...good, code: 1, ...unknown })
      .split('; ')
      .filter((part) => !part.startsWith('allowed'));
    expect(parts).toHaveLength(11);
    expect(parts.at(-1)).toBe('and 291 more');
  });
});

describe('the contract of POST /execute', () => {
  it('takes fractions of seconds', () => {
    expect(validate(executeSchema, { ...good, timeout: 0.25 })).toEqual({ ...good, timeout: 0.25 });
  });

  it.each([
    [{ ...good, timeout: 0 }, 'timeout: must be above 0 seconds'],
    [{ ...good, timeout: -1 }, 'timeout: must be above 0 seconds'],
    [{ ...good, timeout: '10' }, 'timeout: must be a number of seconds above 0'],
    [{ ...good, timeout: Infinity }, 'timeout: must be a number of seconds above 0'],
    [
      { ...good, timeout: null },
      'timeout: must not be null; leave it out or send a number of seconds above 0',
    ],
  ])('refuses %#: %s', (body, message) => {
    expect(refusal(body, executeSchema)).toBe(message);
  });

  it('does not know the other dialect', () => {
    expect(refusal({ ...good, timeout_ms: 5 }, executeSchema)).toContain('timeout_ms: unknown field');
  });
});
