const calls: string[] = [];

function logged<This, Args extends unknown[], Result>(
  method: (this: This, ...args: Args) => Result,
  context: ClassMethodDecoratorContext<This, (this: This, ...args: Args) => Result>,
) {
  return function (this: This, ...args: Args): Result {
    calls.push(`${String(context.name)}(${args.join()})`);
    return method.apply(this, args);
  };
}

function bound(_: unknown, context: ClassMethodDecoratorContext): void {
  context.addInitializer(function (this: any) {
    this[context.name] = this[context.name].bind(this);
  });
}

function doubled(_: undefined, { kind }: ClassFieldDecoratorContext) {
  return (value: number): number => (kind === 'field' ? value * 2 : value);
}

function registered(prefix: string) {
  return <T extends new (...args: any[]) => object>(type: T, context: ClassDecoratorContext): T => {
    calls.push(`${prefix} ${context.kind} ${context.name}`);
    return type;
  };
}

@registered('new')
class Counter {
  accessor total = 0;
  @doubled start = 21;

  @logged
  add(n: number): number {
    return (this.total += n);
  }

  @bound
  current(): number {
    return this.start + this.total;
  }
}

const counter = new Counter();
counter.add(1);
counter.add(2);
const { current } = counter;
console.log(current(), calls);
