import { getEventListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FakeDriver } from '../../../test/doubles/fake-driver.ts';
import { FakeExecutor } from '../../../test/doubles/fake-executor.ts';
import { installFakeImage } from '../../../test/doubles/fake-image.ts';
import { listeningGateway, openSocket, readToEnd } from '../../../test/doubles/gateway.ts';
import { InstalledImages } from '../../images/installed.ts';
import { silentLogger } from '../../observability/log.ts';
import { Engine } from '../../pyrovm/engine/engine.ts';
import { tvmPaths } from '../../sys/paths.ts';

const CLIENTS = 500;
/** Long enough for any machine, and far below the time that a request may wait in the queue. */

const body = '{"code":"1","language":"python"}';
const post = `POST /execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tvm-hang-up-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A gateway before an engine with one place, whose first program runs until it is told to end. */
async function setUp() {
  const paths = tvmPaths({ config: folder, cache: folder, state: folder, runtime: folder });
  installFakeImage(paths.imagesDir, 'python@3.11');
  let end: () => void = () => {};
  const driver = new FakeDriver({
    run: (guest) => {
      guest.started();
      end = () => guest.exit();
    },
  });
  const engine = new Engine({
    instance: { id: '0123456789abcdef', folder, [Symbol.asyncDispose]: async () => {} },
    images: new InstalledImages(paths),
    logger: silentLogger(),
    capacity: 1,
    queueCapacity: CLIENTS,
    queueTimeoutMs: 600_000,
    bootTimeoutMs: 60_000,
    prewarm: 'default',
    stageLimits: { outputBytes: 1000, maxProcesses: 64 },
  });
  engine.ready(driver, { kernel: '/k', initrd: '/i' });
  const signals: AbortSignal[] = [];
  const executor = new FakeExecutor(async (input, options) => {
    signals.push(options.signal);
    return engine.execute(input, options);
  });
  return { shell: await listeningGateway({ executor }), engine, driver, signals, end: () => end() };
}

async function send(url: string): Promise<Socket> {
  const socket = await openSocket(url);
  socket.write(post);
  return socket;
}

const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

it('500 clients that hang up leave the queue at once, and nothing of them runs or stays', async () => {
  const { shell, engine, driver, signals, end } = await setUp();
  await using _shell = shell;
  const health = () => engine.pools().health;
  const first = await send(shell.url);
  const reply = readToEnd(first);
  await expect.poll(() => driver.vms.length).toBe(1);
  const timersBefore = timers();

  const sockets = await Promise.all(Array.from({ length: CLIENTS }, async () => send(shell.url)));
  await expect.poll(() => health().queued).toBe(CLIENTS);
  expect(timers()).toBeGreaterThanOrEqual(timersBefore + CLIENTS);
  for (const socket of sockets) socket.destroy();
  await expect.poll(() => health().queued).toBe(0);

  await expect.poll(timers).toBeLessThan(timersBefore + CLIENTS / 10);
  expect(signals.filter((signal) => signal.aborted)).toHaveLength(CLIENTS);
  expect(signals.slice(1).flatMap((signal) => getEventListeners(signal, 'abort'))).toEqual([]);
  expect(health()).toMatchObject({ running: 1, queued: 0 });

  // The one that stayed is served, and so is the next to come.
  end();
  expect(await reply).toMatch(/^HTTP\/1\.1 200 /);
  driver.script = {};
  expect(await readToEnd(await send(shell.url))).toContain('"output":"Hello, World!\\n"');
  expect([driver.vms.length, driver.living, health().running]).toEqual([2, 0, 0]);
});
