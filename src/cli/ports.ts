import { createServer } from 'node:net';
import type { Settings } from '../config/schema.ts';
import { errnoOf, messageOf } from '../errors.ts';
import { failure } from './failure.ts';

/**
 * Tries the ports before the long part of a start, so that a busy one is said at once.
 * @throws TvmError `host_unready` that names the port and its setting.
 */
export async function checkPorts(settings: Settings): Promise<void> {
  const hosts = settings.host === 'localhost' ? ['127.0.0.1', '::1'] : [settings.host];
  const ports: readonly [number | 'off', string, string][] = [
    [settings.port, '--port', 'TVM_PORT'],
    [settings.second_port, '--second-port', 'TVM_SECOND_PORT'],
  ];
  for (const [port, flag, variable] of ports) {
    if (port === 'off') continue;
    for (const host of hosts) {
      const error = await tryPort(port, host);
      // A machine without IPv6 has no ::1.
      if (error === undefined || (host === '::1' && errnoOf(error) !== 'EADDRINUSE')) continue;
      const why =
        errnoOf(error) === 'EADDRINUSE'
          ? `port ${port} is in use by another program`
          : `cannot listen on port ${port} of ${host}: ${messageOf(error)}`;
      const off = flag === '--second-port' ? ' (or `off`)' : '';
      throw failure(why, { remedy: `Choose another port with ${flag} or ${variable}${off}.`, cause: error });
    }
  }
}

async function tryPort(port: number, host: string): Promise<Error | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen({ port, host, exclusive: true }, () => {
      server.close(() => resolve(undefined));
    });
  });
}
