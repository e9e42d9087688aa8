/** Something that can be given back; running it twice must be harmless for its owner, the stack runs it once. */
export type Disposer = () => void | Promise<void>;

/**
 * A once-only stack of disposers, run in reverse order. A failing one does not stop the rest: the failures are joined
 * into an AggregateError that is thrown at the end. It cannot be cancelled, on purpose: giving back is not optional.
 */
export class DisposeStack implements AsyncDisposable {
  readonly #disposers: Disposer[] = [];
  #disposal: Promise<void> | undefined;

  /** Puts a disposer on the stack; on a stack already disposed it runs at once, so that nothing can be orphaned. */
  defer(disposer: Disposer): void {
    if (this.#disposal === undefined) {
      this.#disposers.push(disposer);
      return;
    }
    this.#disposal = Promise.allSettled([this.#disposal, Promise.resolve().then(disposer)]).then((results) =>
      throwFailures(results),
    );
    // Whoever disposes again learns of a failure; if nobody does, it must not bring the process down.
    this.#disposal.catch(() => {});
  }

  /** Puts a resource on the stack and returns it. */
  use<T extends AsyncDisposable>(resource: T): T {
    this.defer(async () => resource[Symbol.asyncDispose]());
    return resource;
  }

  /** Runs every disposer, the last one first. Further calls return the same promise. */
  async dispose(): Promise<void> {
    this.#disposal ??= this.#run();
    return this.#disposal;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #run(): Promise<void> {
    const results: PromiseSettledResult<void>[] = [];
    for (let disposer = this.#disposers.pop(); disposer; disposer = this.#disposers.pop()) {
      results.push(...(await Promise.allSettled([Promise.resolve().then(disposer)])));
    }
    throwFailures(results);
  }
}

function throwFailures(results: readonly PromiseSettledResult<void>[]): void {
  const failures = results.flatMap((r): unknown[] => (r.status === 'rejected' ? [r.reason] : []));
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, 'several disposers failed');
}
