import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeExecutor } from '../../../test/doubles/fake-executor.ts';
import { listeningGateway } from '../../../test/doubles/gateway.ts';
import { clientOf } from './client-address.ts';

describe('the client of an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['0:0:0:0:0:ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
    ['', undefined],
    ['/run/tvm.sock', undefined],
    ['192.0.2.7:8080', undefined],
    ['2001:db8::1::2', undefined],
    [undefined, undefined],
  ])('%j is %j', (address, client) => {
    expect(clientOf(address)).toBe(client);
  });

  it('is the same for all addresses of a /64, and another for those of the next', () => {
    fc.assert(
      fc.property(fc.ipV6(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (address, host) => {
        const client = clientOf(address) ?? '';
        fc.pre(client.endsWith('::/64'));
        const prefix = client.slice(0, -'::/64'.length);
        const digits = host.toString(16).padStart(16, '0');
        const groups = [0, 4, 8, 12].map((at) => digits.slice(at, at + 4));
        fc.pre(!`${prefix}:${groups.join(':')}`.startsWith('0:0:0:0:0000:ffff'));
        expect(clientOf(`${prefix}:${groups.join(':')}`)).toBe(client);
        const next = (Number.parseInt(prefix.split(':')[3] ?? '', 16) ^ 1).toString(16);
        expect(clientOf(prefix.replace(/[^:]*$/, next).concat('::1'))).not.toBe(client);
      }),
    );
  });
});

it('the executor is told the address of the socket, whatever X-Forwarded-For says', async () => {
  const executor = new FakeExecutor();
  await using shell = await listeningGateway({ executor });
  const { port } = new URL(shell.url);
  await fetch(`http://127.0.0.1:${port}/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': '192.0.2.7' },
    body: '{"code":"1","language":"python"}',
  });
  expect(executor.inputs.map((input) => input.client)).toEqual(['127.0.0.1']);
});
