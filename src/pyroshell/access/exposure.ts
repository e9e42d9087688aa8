import { BlockList, isIP } from 'node:net';
import { ANYONE_MAY_RUN_CODE } from '../../config/schema.ts';
import type { Settings } from '../../config/schema.ts';
import { TvmError } from '../../errors.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether only programs on this machine reach the address. Of a name nothing is known but of `localhost`. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host.toLowerCase() === 'localhost';
  return LOOPBACK.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Refuses to serve other machines where anyone could use the API, unless the settings say so in plain words.
 * @param keys how many API keys there are
 * @throws TvmError `config_invalid` that names both remedies
 */
export function refuseExposed(
  { host, allow_unauthenticated: allowed }: Pick<Settings, 'host' | 'allow_unauthenticated'>,
  keys: number,
): void {
  if (isLoopback(host) || keys > 0 || allowed === ANYONE_MAY_RUN_CODE) return;
  throw new TvmError(
    'config_invalid',
    `host: ${host} lets other machines in, and there is no API key: anyone who reaches the port could run code`,
    {
      context: {
        remedy: `Make a key with \`tvm keys add NAME\`; or, if anyone may, set TVM_ALLOW_UNAUTHENTICATED=${ANYONE_MAY_RUN_CODE}`,
      },
    },
  );
}
