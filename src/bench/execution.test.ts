import { expect, it } from 'vitest';
import { mustBeRight, requestRun } from './execution.ts';
import type { HttpClient } from './http-client.ts';

const { signal } = new AbortController();
const timings = { boot_ms: 1, setup_ms: 2, run_ms: 3, teardown_ms: 4 };
const reply = {
  stdout: 'Hello, World!\n',
  execution_time_ms: 3,
  compile: { time_ms: 9 },
  machine: 'pooled',
  timings,
};

const ask = async (status: number, body: unknown) =>
  requestRun({ post: async () => ({ status, body, ms: 5 }) } as unknown as HttpClient, {}, signal);

it('an execution is right when its program printed what it shall', async () => {
  const run = await ask(200, { ...reply, more: 1 });
  expect(run).toEqual({ status: 200, ms: 5, result: reply });
  expect(mustBeRight(run)).toEqual(run);
});

it.each([
  [200, { ...reply, stdout: 'Hello' }, 'something else was printed'],
  [200, { stdout: reply.stdout }, 'something else was printed'],
  [408, { ...reply, error: 'timed out' }, 'timed out'],
  [503, { detail: 'overloaded' }, 'overloaded'],
  [500, null, 'something else was printed'],
])('one that is answered %d with %j is a failure', async (status, body, failure) => {
  const run = await ask(status, body);
  expect(run).toEqual({ status, ms: 5, failure });
  expect(() => mustBeRight(run)).toThrow(failure);
});

it('a connection that fails is one too, but an abort is thrown', async () => {
  const post = async () => Promise.reject(new Error('cut'));
  const client = { post } as unknown as HttpClient;
  expect(await requestRun(client, {}, signal)).toMatchObject({ status: 0, failure: 'cut' });
  const reason = new Error('stop');
  await expect(requestRun(client, {}, AbortSignal.abort(reason))).rejects.toBe(reason);
});
