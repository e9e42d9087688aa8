import type { FastifyRequest } from 'fastify';
import { isIPv6 } from 'node:net';
import type { Settings } from '../../config/schema.ts';
import { TvmError } from '../../errors.ts';
import { isLoopback } from '../access/exposure.ts';

const HOST = /^(\[[0-9a-f:.]+\]|[^[\]:/@\s]+)(?::\d{1,5})?$/i;
const ORIGIN = /^https?:\/\/(.+)$/i;

export type HostGuard = (request: FastifyRequest) => void;

/**
 * Keeps web pages away from a server on a developer's own machine: a page whose name was rebound to a loopback address
 * shows in Host, a page that sends requests across origins shows in Origin. A server on another address is called by
 * names that are not known here, unless `allowed_hosts` says them; without it both headers may be anything.
 * @returns a check that throws TvmError `invalid_request`
 */
export function makeHostGuard({
  host: address,
  allowed_hosts: allowed,
}: Pick<Settings, 'host' | 'allowed_hosts'>): HostGuard {
  const isChecked = isLoopback(address) || allowed !== undefined;
  const own = isIPv6(address) ? `[${address}]` : address;
  const names = ['localhost', '127.0.0.1', '[::1]', own, ...(allowed?.split(',') ?? [])];
  const known = new Set(names.map((name) => name.toLowerCase()));
  const isKnown = (host: string): boolean => known.has(HOST.exec(host)?.[1]?.toLowerCase() ?? '');

  return ({ headers: { host, origin }, raw }) => {
    if (host === undefined && (isChecked || raw.httpVersion === '1.1')) {
      throw new TvmError('invalid_request', 'host: the Host header is required');
    }
    if (!isChecked) return;
    if (host !== undefined && !isKnown(host)) {
      throw new TvmError(
        'invalid_request',
        'host: this server does not answer to that name; the setting allowed_hosts (TVM_ALLOWED_HOSTS) adds names',
      );
    }
    if (origin !== undefined && !isKnown(ORIGIN.exec(origin)?.[1] ?? '')) {
      throw new TvmError('invalid_request', 'origin: web pages of other hosts may not use this server');
    }
  };
}
