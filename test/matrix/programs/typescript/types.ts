// Types are stripped, not checked: what does not fit does not stop the program.
import type { Readable } from 'node:stream';
import { type EventEmitter, once } from 'node:events';

const text: number = 'not a number';
const missing: Undeclared<string> = { a: 1 };
declare const nowhere: Readable | EventEmitter;
declare global {
  interface Window {
    x: string;
  }
}

type Keys<T> = { readonly [K in keyof T as `get${Capitalize<string & K>}`]?: () => T[K] };
type Unwrapped<T> = T extends Promise<infer U> ? Unwrapped<U> : T;
interface Shape {
  (scale: number): number;
  readonly kind: 'circle' | 'square';
  [key: string]: unknown;
}

abstract class Repository<T extends { id: number }, K extends keyof T = keyof T> {
  declare readonly never: K;
  protected readonly items = new Map<number, T>();
  private static instances = 0;
  constructor(protected name: string, readonly limit?: number) {
    Repository.instances++;
  }
  add(item: T): this {
    this.items.set(item.id, item);
    return this;
  }
  get(id: number): T | undefined;
  get(id: string): T | undefined;
  get(id: number | string): T | undefined {
    return this.items.get(Number(id));
  }
  abstract describe(): string;
  static count = () => Repository.instances;
}

class Users extends Repository<{ id: number; name: string }> {
  describe(): string {
    return `${this.name} of ${this.limit ?? 'any'}: ${[...this.items.values()].map((u) => u.name!).join()}`;
  }
}

const identity = <T,>(value: T): T => value;
const users = new Users('users', 3).add({ id: 1, name: 'Ann' }).add({ id: 2, name: 'Bob' });
console.log(users.describe(), users.get('2')?.name, Repository.count(), identity<string>('same'));
console.log(text, missing, typeof once, (users as unknown as { limit: number }).limit, <any>5, [1, 2] satisfies number[]);
console.log(Object.keys(users), function (this: void, a?: number, ...rest: string[]) {}.length);
let definite!: string;
console.log(definite, users!.get(9)!?.name);
export type { Keys, Unwrapped, Shape };
