import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gateway } from '../../../test/doubles/gateway.ts';

const FIELDS = [
  'code',
  'language',
  'language_version',
  'timeout',
  'timeout_ms',
  'memory_mb',
  'cpu_count',
  'stdin',
  'args',
  'output_encoding',
  '__proto__',
  'constructor',
];

const value = fc.oneof(
  fc.constantFrom('python', 'js', '3.11', 'base64', 1, 0, -1, 1e308, null, true, [], {}),
  fc.string({ unit: 'binary' }),
  fc.jsonValue(),
);
/** Bodies with the right names and any values, and bodies of any JSON. */
const body = fc.oneof(
  fc.array(fc.tuple(fc.constantFrom(...FIELDS), value)).map((pairs) => Object.fromEntries(pairs) as unknown),
  fc.record({ code: fc.string(), language: fc.constant('python'), stdin: value }, { requiredKeys: ['code'] }),
  fc.jsonValue(),
);

describe('whatever a client sends', () => {
  it('any JSON is executed or refused with a detail, never a fault of ours', async () => {
    const app = gateway();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('/api/execute', '/execute'), body, async (url, content) => {
        const response = await app.inject({
          method: 'POST',
          url,
          headers: { 'content-type': 'application/json' },
          payload: JSON.stringify(content),
        });
        const { detail } = response.json<{ detail?: string }>();
        expect([response.statusCode, typeof detail]).toBeOneOf([
          [200, 'undefined'],
          [400, 'string'],
        ]);
      }),
      { numRuns: 500 },
    );
  });

  it('any bytes, path, method and header values give a reply below 500', async () => {
    const app = gateway();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
        fc.oneof(fc.webPath(), fc.constantFrom('/api/execute', '/execute', '/', '/health')),
        fc.constantFrom('application/json', 'text/plain', 'application/json; charset=utf-8', 'x'),
        fc.uint8Array(),
        async (method, url, type, bytes) => {
          const response = await app.inject({
            method: method as 'GET',
            url: url || '/',
            headers: { 'content-type': type },
            payload: Buffer.from(bytes),
          });
          expect(response.statusCode).toBeLessThan(500);
        },
      ),
      { numRuns: 500 },
    );
  });
});
