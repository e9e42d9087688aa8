import { errorCodes } from 'fastify';
import { describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE, TvmError } from '../../errors.ts';
import { toCatalogue } from './error-mapper.ts';

describe('toCatalogue', () => {
  it('knows every error of Fastify and keeps the class of its status', () => {
    for (const FastifyFault of Object.values(errorCodes)) {
      const fault = new FastifyFault('a', 'b', 'c');
      const mapped = toCatalogue(fault);
      expect(ERROR_CATALOGUE).toHaveProperty(mapped.code);
      expect(Math.floor(mapped.httpStatus / 100)).toBe(Math.floor((fault.statusCode ?? 500) / 100));
      expect(mapped.httpStatus === 500 && mapped.message !== 'internal error').toBe(false);
    }
  });

  it('passes our own through and hides all others', () => {
    const own = new TvmError('starting', 'still starting');
    expect(toCatalogue(own)).toBe(own);
    const foreign = new Error('secret');
    expect(toCatalogue(foreign)).toMatchObject({
      code: 'internal',
      message: 'internal error',
      cause: foreign,
    });
    expect(toCatalogue('text')).toMatchObject({ code: 'internal', message: 'internal error' });
  });

  it('trusts no status of an error that is not of Fastify', () => {
    const foreign = Object.assign(new Error('secret'), { statusCode: 400, code: 'ENOENT' });
    expect(toCatalogue(foreign).code).toBe('internal');
  });
});
