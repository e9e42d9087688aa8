import { describe, expect, it } from 'vitest';
import { settingsSchema } from '../../config/schema.ts';
import { TvmError } from '../../errors.ts';
import { isLoopback, refuseExposed } from './exposure.ts';

const settings = (given: object) => settingsSchema.parse(given);

describe('loopback', () => {
  it.each([
    'localhost',
    'LOCALHOST',
    '127.0.0.1',
    '127.255.0.9',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
  ])('is %s', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '::',
    '192.0.2.1',
    '128.0.0.1',
    '::2',
    '::ffff:10.0.0.1',
    'localhost.example',
    'tvm',
    '127.1',
    '',
  ])('is not %j', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

describe('a start beyond loopback', () => {
  it('is refused without a key, and both remedies are named', () => {
    let error: unknown;
    try {
      refuseExposed(settings({ host: '0.0.0.0' }), 0);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(TvmError);
    expect(error).toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/^host: 0\.0\.0\.0 .*anyone .* could run code$/) as string,
      context: {
        remedy: expect.stringMatching(
          /`tvm keys add NAME`.*TVM_ALLOW_UNAUTHENTICATED=anyone-who-reaches-the-port-may-run-code/,
        ) as string,
      },
    });
  });

  it('is accepted with a key, or in plain words', () => {
    const words = 'anyone-who-reaches-the-port-may-run-code';
    expect(() => refuseExposed(settings({ host: '0.0.0.0' }), 1)).not.toThrow();
    expect(() => refuseExposed(settings({ host: '::', allow_unauthenticated: words }), 0)).not.toThrow();
    expect(() => refuseExposed(settings({ host: 'localhost' }), 0)).not.toThrow();
  });
});
