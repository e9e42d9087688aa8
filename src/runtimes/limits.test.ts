import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLanguage, LANGUAGES } from './catalogue.ts';
import { DEFAULT_LIMITS, resolveLimits } from './limits.ts';

/** The table "Language-Specific Limits" of the usage guide: memory in MB, cores, time in ms. */
const GUIDE = [
  ['Python', 'python', 2048, 4, 60_000],
  ['JavaScript', 'javascript', 1536, 4, 30_000],
  ['Ruby', 'ruby', 1024, 2, 30_000],
  ['Go', 'go', 1024, 4, 30_000],
  ['Rust', 'rust', 1024, 4, 30_000],
  ['Java', 'java', 2048, 4, 60_000],
  ['C', 'c', 1024, 4, 30_000],
  ['C++', 'cpp', 1024, 4, 30_000],
] as const;

const FIELDS = [
  ['timeoutMs', 'timeout_ms', 1],
  ['memoryMb', 'memory_mb', 16],
  ['cpuCount', 'cpu_count', 1],
] as const;

describe('the limits of the guide', () => {
  it.each(GUIDE)('hold for %s', (_name, id, maxMemoryMb, maxCpuCount, maxTimeoutMs) => {
    const language = findLanguage(id);
    expect(language.limits).toEqual({ maxMemoryMb, maxCpuCount, maxTimeoutMs });
    const most = { timeoutMs: maxTimeoutMs, memoryMb: maxMemoryMb, cpuCount: maxCpuCount };
    expect(resolveLimits(language, most)).toEqual(most);
    for (const [key, field] of FIELDS) {
      const message = new RegExp(`^${field}: ${most[key] + 1} is out of range; .* to ${most[key]}$`);
      expect(() => resolveLimits(language, { [key]: most[key] + 1 })).toThrow(
        expect.objectContaining({
          code: 'limit_out_of_range',
          message: expect.stringMatching(message) as string,
        }),
      );
    }
  });

  it('hold for no language beyond the maximum of all', () => {
    for (const { limits } of LANGUAGES) {
      expect(limits.maxMemoryMb).toBeLessThanOrEqual(2048);
      expect(limits.maxCpuCount).toBeLessThanOrEqual(4);
      expect(limits.maxTimeoutMs).toBeLessThanOrEqual(60_000);
    }
  });

  it('default to 5000 ms, 128 MB and one core', () => {
    for (const language of LANGUAGES) {
      expect(resolveLimits(language, {})).toEqual({ timeoutMs: 5000, memoryMb: 128, cpuCount: 1 });
    }
  });
});

describe('resolving limits', () => {
  const ruby = findLanguage('ruby');

  it('lowers a default to the cap of the language', () => {
    const defaults = { timeoutMs: 60_000, memoryMb: 4096, cpuCount: 3 };
    expect(resolveLimits(ruby, {}, defaults)).toEqual({ timeoutMs: 30_000, memoryMb: 1024, cpuCount: 2 });
    expect(resolveLimits(ruby, { timeoutMs: undefined, cpuCount: 1 }, defaults)).toEqual({
      timeoutMs: 30_000,
      memoryMb: 1024,
      cpuCount: 1,
    });
  });

  it('names the field, the value, the language and the range when it refuses', () => {
    expect(() => resolveLimits(ruby, { memoryMb: 2048 })).toThrow(
      'memory_mb: 2048 is out of range; allowed for Ruby: 16 to 1024',
    );
    expect(() => resolveLimits(ruby, { memoryMb: 15 })).toThrow('memory_mb: 15 is out of range');
    expect(() => resolveLimits(ruby, { timeoutMs: 0 })).toThrow('timeout_ms: 0 is out of range');
    expect(() => resolveLimits(ruby, { cpuCount: Number.NaN })).toThrow('cpu_count: NaN is out of range');
  });

  it('gives what was asked for or refuses: it never changes a value, and never exceeds a cap', () => {
    const limit = fc.option(fc.oneof(fc.integer({ min: -5, max: 70_000 }), fc.double()), { nil: undefined });
    fc.assert(
      fc.property(
        fc.constantFrom(...LANGUAGES),
        fc.record({ timeoutMs: limit, memoryMb: limit, cpuCount: limit }),
        (language, requested) => {
          const caps = {
            timeoutMs: language.limits.maxTimeoutMs,
            memoryMb: language.limits.maxMemoryMb,
            cpuCount: language.limits.maxCpuCount,
          };
          const allowed = FIELDS.every(([key, , least]) => {
            const value = requested[key];
            return value === undefined || (value >= least && value <= caps[key]);
          });
          if (!allowed) {
            expect(() => resolveLimits(language, requested)).toThrow(/^(timeout_ms|memory_mb|cpu_count): /);
            return;
          }
          const limits = resolveLimits(language, requested);
          for (const [key] of FIELDS) expect(limits[key]).toBe(requested[key] ?? DEFAULT_LIMITS[key]);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
