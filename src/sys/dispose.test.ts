import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DisposeStack } from './dispose.ts';

describe('a dispose stack', () => {
  it('runs the disposers in reverse order, each after the one before it has settled', async () => {
    const order: string[] = [];
    const stack = new DisposeStack();
    stack.defer(() => void order.push('first'));
    stack.defer(async () => {
      order.push('second begins');
      await setImmediate();
      order.push('second ends');
    });
    stack.defer(() => void order.push('third'));
    await stack.dispose();
    expect(order).toEqual(['third', 'second begins', 'second ends', 'first']);
  });

  it('runs each disposer once, however often and from wherever it is disposed', async () => {
    let runs = 0;
    const stack = new DisposeStack();
    stack.defer(() => void (runs += 1));
    await Promise.all([stack.dispose(), stack.dispose(), stack[Symbol.asyncDispose]()]);
    await stack.dispose();
    expect(runs).toBe(1);
  });

  it('lets every caller of dispose wait for the end', async () => {
    const gate = new EventTarget();
    let ended = false;
    const stack = new DisposeStack();
    stack.defer(async () => {
      await once(gate, 'open');
      ended = true;
    });
    const calls = [stack.dispose(), stack.dispose()].map(async (call) => {
      await call;
      return ended;
    });
    await setImmediate();
    gate.dispatchEvent(new Event('open'));
    expect(await Promise.all(calls)).toEqual([true, true]);
  });

  it('gives the only failure as it is, after the rest has run', async () => {
    const ran: string[] = [];
    const stack = new DisposeStack();
    const failure = new Error('second');
    stack.defer(() => void ran.push('first'));
    stack.defer(() => {
      throw failure;
    });
    stack.defer(() => void ran.push('third'));
    await expect(stack.dispose()).rejects.toBe(failure);
    expect(ran).toEqual(['third', 'first']);
  });

  it('joins several failures in the order in which they happened', async () => {
    const stack = new DisposeStack();
    stack.defer(async () => Promise.reject(new Error('first')));
    stack.defer(() => {
      throw new Error('second');
    });
    const error: unknown = await stack.dispose().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors).toEqual([new Error('second'), new Error('first')]);
  });

  it('runs what is deferred after its disposal at once, and a further dispose waits for it', async () => {
    const stack = new DisposeStack();
    await stack.dispose();
    const gate = new EventTarget();
    const order: string[] = [];
    stack.defer(async () => {
      order.push('late begins');
      await once(gate, 'open');
      order.push('late ends');
    });
    const again = stack.dispose().then(() => order.push('disposed'));
    await setImmediate();
    expect(order).toEqual(['late begins']);
    gate.dispatchEvent(new Event('open'));
    await again;
    expect(order).toEqual(['late begins', 'late ends', 'disposed']);
  });

  it('runs what a disposer defers', async () => {
    const stack = new DisposeStack();
    let ran = false;
    stack.defer(() => stack.defer(() => void (ran = true)));
    await stack.dispose();
    await stack.dispose();
    expect(ran).toBe(true);
  });

  it('keeps a late failure for the next dispose and never makes it an unhandled rejection', async () => {
    const unhandled: unknown[] = [];
    const record = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', record);
    onTestFinished(() => void process.off('unhandledRejection', record));
    const stack = new DisposeStack();
    stack.defer(() => {
      throw new Error('early');
    });
    await expect(stack.dispose()).rejects.toThrow('early');
    stack.defer(() => {
      throw new Error('late');
    });
    // Node reports an unhandled rejection after the microtasks of a turn.
    await setImmediate();
    await setImmediate();
    expect(unhandled).toEqual([]);
    const error: unknown = await stack.dispose().catch((reason: unknown) => reason);
    expect((error as AggregateError).errors).toEqual([new Error('early'), new Error('late')]);
  });

  it('disposes what it uses and hands it through', async () => {
    let disposed = 0;
    const resource = {
      async [Symbol.asyncDispose]() {
        disposed += 1;
      },
    };
    {
      await using stack = new DisposeStack();
      expect(stack.use(resource)).toBe(resource);
      expect(disposed).toBe(0);
    }
    expect(disposed).toBe(1);
  });
});
