// What ordinary programs use, for the hook and esbuild to have seen.
import { EventEmitter } from 'node:events';
import * as path from 'path';
import type { Readable } from 'node:stream';

enum Colour {
  Red,
  Green = 'green',
}

namespace Shapes {
  export interface Shape<T extends number = number> {
    readonly area: T;
    name?: string;
  }
}

abstract class Base<T> implements Shapes.Shape {
  private static count = 0;
  constructor(
    protected readonly items: T[],
    public area = 0,
  ) {
    Base.count += 1;
  }
  abstract describe(): string;
  get size(): number {
    return this.items.length;
  }
}

class Circle extends Base<Colour> {
  #radius = 1;
  describe(): string {
    return `${this.#radius ?? 'none'} ${path.basename('/a/b')}`;
  }
  async later(input?: Readable): Promise<number[]> {
    const found = [];
    for await (const chunk of input ?? []) found.push(Number(chunk));
    return found;
  }
}

function largest<T>(items: readonly T[], by: (item: T) => number): T | undefined {
  let best: T | undefined;
  for (const item of items) {
    if (best === undefined || by(item) > by(best)) best = item;
  }
  return best;
}

const shapes = [new Circle([Colour.Red, Colour.Green])] satisfies Shapes.Shape[];
export const result = {
  ...{ largest: largest(shapes, (shape) => shape.size)!.describe() },
  emitter: typeof EventEmitter as string,
};
