import type { RequestListener } from 'node:http';
import { environmentName } from '../../config/schema.ts';
import { TvmError, messageOf } from '../../errors.ts';
import type { Logger } from '../../observability/log.ts';
import { bindServer } from './node-server.ts';
import type { NodeServer } from './node-server.ts';

/** An address to listen on. */
export interface Endpoint {
  /** `localhost` means 127.0.0.1 and, where IPv6 loopback exists, ::1. */
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** The setting that gave the port. */
  readonly setting: 'port' | 'second_port';
}

export interface Listeners {
  /** One URL for each endpoint, with its real port. */
  readonly addresses: readonly string[];
  /** Accepts nothing more; settles when the running requests have their replies. */
  close(): Promise<void>;
}

/**
 * Binds every endpoint; `handler` serves them all.
 * @throws TvmError `host_unready` naming the port and the setting that changes it; nothing is left bound then.
 */
export async function openListeners(
  endpoints: readonly Endpoint[],
  handler: RequestListener,
  logger: Logger,
): Promise<Listeners> {
  const open: NodeServer[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(open.map(async (server) => server.close()));
  };
  const addresses: string[] = [];
  try {
    for (const endpoint of endpoints) {
      const port = await bindAll(endpoint, handler, logger, open);
      addresses.push(`http://${endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host}:${port}`);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { addresses, close };
}

/** Binds each address of an endpoint, all to one port, which it returns. */
async function bindAll(
  { host, port, setting }: Endpoint,
  handler: RequestListener,
  logger: Logger,
  open: NodeServer[],
): Promise<number> {
  let bound = port;
  for (const address of host === 'localhost' ? ['127.0.0.1', '::1'] : [host]) {
    try {
      const server = await bindServer({ host: address, port: bound }, handler, logger);
      open.push(server);
      bound = server.port;
    } catch (error) {
      if (host === 'localhost' && address === '::1' && isWithoutIpv6(error)) continue;
      throw hostUnready(error, address, bound, setting);
    }
  }
  return bound;
}

function isWithoutIpv6(error: unknown): boolean {
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(errnoOf(error));
}

function hostUnready(cause: unknown, host: string, port: number, setting: Endpoint['setting']): TvmError {
  const change = `set ${environmentName(setting)} to another port${setting === 'second_port' ? ' or to off' : ''}`;
  const noAddress = `${host} is no address of this machine; correct ${environmentName('host')}`;
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} on ${host} is in use by another program; stop it or ${change}`,
    EACCES: `port ${port} on ${host} needs privileges that this user lacks; ${change}`,
    EADDRNOTAVAIL: noAddress,
    ENOTFOUND: noAddress,
  };
  const reason = reasons[errnoOf(cause)] ?? `cannot listen on ${host} port ${port}: ${messageOf(cause)}`;
  return new TvmError('host_unready', reason, { cause });
}

function errnoOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
