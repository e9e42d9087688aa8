import { describe, expect, it } from 'vitest';
import { findLanguage } from '../../runtimes/catalogue.ts';
import { FakeExecutor, READY } from '../../../test/doubles/fake-executor.ts';
import { gateway } from '../../../test/doubles/gateway.ts';
import type { ExecutorState } from '../../pyrovm/engine/execution.ts';

function withState(state: ExecutorState) {
  const executor = new FakeExecutor();
  executor.currentState = state;
  return gateway({ executor });
}

const embedded = { lima_status: 'NotUsed', kubernetes_status: 'NotUsed', istio_status: 'NotUsed' };
const nothingYet = { execution_method: null, accelerator: null, isolation: null, jail: null };

describe('GET /api/health', () => {
  it('is that of the guide, then the additive fields', async () => {
    const response = await withState(READY).inject('/api/health');
    expect(response.statusCode).toBe(200);
    expect(Object.entries(response.json<Record<string, unknown>>())).toEqual([
      ['status', 'healthy'],
      ['version', '1.2.3'],
      ['lima_status', 'NotUsed'],
      ['kubernetes_status', 'NotUsed'],
      ['istio_status', 'NotUsed'],
      ['execution_method', 'qemu'],
      ['accelerator', 'tcg'],
      ['isolation', 'emulated'],
      ['jail', 'bubblewrap'],
      ['runtimes', ['javascript@20', 'python@3.11']],
    ]);
  });

  it.each<[ExecutorState, object]>([
    [{ state: 'starting' }, { status: 'starting' }],
    [{ state: 'stopping' }, { status: 'stopping' }],
    [
      { state: 'failed', reason: 'no accelerator boots' },
      { status: 'unhealthy', reason: 'no accelerator boots' },
    ],
  ])('is 503 when %j', async (state, expected) => {
    const response = await withState(state).inject('/api/health');
    expect(response.statusCode).toBe(503);
    expect(response.json()).toEqual({
      version: '1.2.3',
      ...embedded,
      ...nothingYet,
      runtimes: ['javascript@20', 'python@3.11'],
      ...expected,
    });
  });
});

describe('GET /health', () => {
  it('is that of the guide, then the additive fields', async () => {
    const info = {
      name: 'firecracker',
      version: '1.9',
      accelerator: 'kvm',
      isolation: 'hardware',
      jail: 'jailer',
    } as const;
    const response = await withState({ state: 'ready', info }).inject('/health');
    expect(response.statusCode).toBe(200);
    expect(Object.entries(response.json<Record<string, unknown>>())).toEqual([
      ['status', 'healthy'],
      ['firecracker_available', true],
      ['execution_method', 'firecracker'],
      ['security_level', 'sandbox'],
      ['accelerator', 'kvm'],
      ['isolation', 'hardware'],
      ['version', '1.2.3'],
    ]);
  });

  it('is 503 until a driver is proven', async () => {
    const response = await withState({ state: 'starting' }).inject('/health');
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({
      status: 'starting',
      firecracker_available: false,
      execution_method: 'none',
      accelerator: null,
    });
  });
});

describe('GET /debug/vm-pools', () => {
  it("is the executor's report in an envelope", async () => {
    const executor = new FakeExecutor();
    const response = await gateway({ executor }).inject('/debug/vm-pools');
    expect(response.json()).toEqual({ success: true, data: executor.report });
  });
});

describe('GET /', () => {
  it('lists endpoints, languages and limits', async () => {
    const page = (await gateway().inject('/')).json<{
      endpoints: { method: string; path: string; description: string }[];
      languages: { id: string; name: string; versions: { version: string; installed: boolean }[] }[];
    }>();
    expect(page).toMatchObject({
      name: 'TVM',
      version: '1.2.3',
      description: expect.any(String) as string,
      limits: { code_bytes: 1_000_000, stdin_bytes: 1_000_000, body_bytes: 8_388_608 },
    });
    expect(page.languages.find((language) => language.id === 'python')).toEqual({
      id: 'python',
      name: 'Python',
      versions: findLanguage('python').versions.map(({ version }) => ({
        version,
        installed: version === '3.11',
      })),
    });
  });

  it('lists just the endpoints that exist', async () => {
    const app = gateway();
    await app.ready();
    const listed = (await app.inject('/')).json<{ endpoints: { method: string; path: string }[] }>()
      .endpoints;
    for (const { method, path } of listed) {
      expect(app.hasRoute({ method, url: path })).toBe(true);
    }
    expect(listed).toHaveLength(8);
  });
});

describe('HEAD', () => {
  it.each(['/', '/health', '/api/health', '/debug/vm-pools'])('works on %s', async (url) => {
    const app = gateway();
    const [head, get] = [await app.inject({ method: 'HEAD', url }), await app.inject(url)];
    expect(head.statusCode).toBe(200);
    expect(head.body).toBe('');
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
  });
});
