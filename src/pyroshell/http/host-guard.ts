import type { FastifyRequest } from 'fastify';
import { TvmError } from '../../errors.ts';

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;
const LOOPBACK_ORIGIN = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/**
 * Keeps web pages away from a server on a developer's own machine: a page whose name was rebound to a loopback address
 * shows in Host, a page that sends requests across origins shows in Origin.
 * @param loopbackOnly the server listens on `localhost`; other set-ups are reached by names not known here.
 * @throws TvmError `invalid_request`
 */
export function guardHost(request: FastifyRequest, loopbackOnly: boolean): void {
  const { host, origin } = request.headers;
  if (host === undefined && (loopbackOnly || request.raw.httpVersion === '1.1')) {
    throw new TvmError('invalid_request', 'host: the Host header is required');
  }
  if (!loopbackOnly) return;
  if (host !== undefined && !LOOPBACK.test(host)) {
    throw new TvmError(
      'invalid_request',
      'host: this server answers only to localhost, 127.0.0.1 and [::1]; set TVM_HOST to serve other names',
    );
  }
  if (origin !== undefined && !LOOPBACK_ORIGIN.test(origin)) {
    throw new TvmError('invalid_request', 'origin: web pages of other hosts may not use this server');
  }
}
