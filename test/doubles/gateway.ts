import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { settingsSchema } from '../../src/config/schema.ts';
import { silentLogger } from '../../src/observability/log.ts';
import { NO_KEYS } from '../../src/pyroshell/access/key-ring.ts';
import { buildServer, startPyroshell } from '../../src/pyroshell/http/server.ts';
import type { Pyroshell, PyroshellOptions } from '../../src/pyroshell/http/server.ts';
import { FakeExecutor } from './fake-executor.ts';

type Wishes = Partial<Omit<PyroshellOptions, 'settings'>> & {
  readonly settings?: Partial<PyroshellOptions['settings']>;
};

/** Options of a gateway on free ports of loopback with a fake executor. */
export function gatewayOptions({ settings, ...wishes }: Wishes = {}): PyroshellOptions {
  return {
    executor: new FakeExecutor(),
    logger: silentLogger(),
    version: '1.2.3',
    keys: NO_KEYS,
    ...wishes,
    settings: { ...settingsSchema.parse({}), port: 0, second_port: 'off', ...settings },
  };
}

/** The API without a listener. */
export function gateway(wishes: Wishes = {}) {
  return buildServer(gatewayOptions(wishes));
}

/** A listening gateway. */
export async function listeningGateway(wishes: Wishes = {}): Promise<Pyroshell & { readonly url: string }> {
  const pyroshell = await startPyroshell(gatewayOptions(wishes));
  return { ...pyroshell, url: pyroshell.addresses[0] ?? '' };
}

/** Opens a TCP connection to the host and port of a URL. */
export async function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

/** Everything that arrives until the other side ends the connection. */
export async function readToEnd(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('utf8');
}
