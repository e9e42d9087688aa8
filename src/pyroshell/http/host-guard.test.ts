import { describe, expect, it } from 'vitest';
import { gateway } from '../../../test/doubles/gateway.ts';

async function get(headers: Record<string, string>, host = 'localhost', allowed_hosts?: string) {
  return gateway({ settings: { host, allowed_hosts } }).inject({ url: '/health', headers });
}

describe('a server on localhost', () => {
  it.each(['localhost', 'LocalHost:8080', '127.0.0.1', '127.0.0.1:8000', '[::1]', '[::1]:8080'])(
    'answers to %s',
    async (host) => {
      expect((await get({ host })).statusCode).toBe(200);
    },
  );

  it.each([
    'evil.example',
    'localhost.evil.example',
    'evil.example:8080',
    '127.0.0.2',
    '::1',
    'localhost:x',
    'a@localhost',
  ])('refuses Host %s', async (host) => {
    const response = await get({ host });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({
      code: 'invalid_request',
      detail: expect.stringMatching(/^host: /) as string,
    });
  });

  it.each(['http://localhost:3000', 'https://127.0.0.1', 'http://[::1]:8080'])(
    'lets pages of %s in',
    async (origin) => {
      expect((await get({ host: 'localhost', origin })).statusCode).toBe(200);
    },
  );

  it.each([
    'http://evil.example',
    'null',
    '',
    'http://localhost.evil.example',
    'file://',
    'http://localhost/x',
  ])('refuses Origin %j', async (origin) => {
    const response = await get({ host: 'localhost', origin });
    expect(response.statusCode).toBe(400);
    expect(response.json<{ detail: string }>().detail).toMatch(/^origin: /);
  });

  it('sends no CORS header', async () => {
    const response = await get({ host: 'localhost', origin: 'http://localhost:3000' });
    expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

describe('a server on another loopback address', () => {
  it('answers to that, too', async () => {
    for (const host of ['127.0.0.2:80', 'localhost']) {
      expect((await get({ host }, '127.0.0.2')).statusCode).toBe(200);
    }
    expect((await get({ host: 'evil.example' }, '127.0.0.2')).statusCode).toBe(400);
    expect((await get({ host: '[0:0::1]:80' }, '0:0::1')).statusCode).toBe(200);
  });
});

describe.each(['localhost', '0.0.0.0'])('with allowed hosts a server on %s', (address) => {
  const allowed = 'tvm.example,[FD00::1]';

  it.each(['tvm.example', 'TVM.example:443', '[fd00::1]:8080', 'localhost:1', '127.0.0.1'])(
    'answers to %s',
    async (host) => {
      expect((await get({ host, origin: `https://${host}` }, address, allowed)).statusCode).toBe(200);
    },
  );

  it.each(['evil.example', 'x.tvm.example', 'tvm.example.evil.example', 'fd00::1', 'tvm.example:x'])(
    'refuses %j',
    async (host) => {
      expect((await get({ host }, address, allowed)).statusCode).toBe(400);
      const origin = `http://${host}`;
      expect((await get({ host: 'tvm.example', origin }, address, allowed)).statusCode).toBe(400);
    },
  );
});

describe('a server on another address', () => {
  it('answers to any name', async () => {
    const response = await get({ host: 'tvm.example', origin: 'http://tvm.example' }, '0.0.0.0');
    expect(response.statusCode).toBe(200);
  });
});
