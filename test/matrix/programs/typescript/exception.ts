// Positions in stack traces are those of this text, not of what it is turned into.
interface Order {
  id: number;
  items?: string[];
}

class OrderError<T extends Order> extends Error {
  override name = 'OrderError';

  constructor(
    message: string,
    public readonly order: T,
  ) {
    super(message);
  }
}

type Checked = Required<Order>;

function check(order: Order): asserts order is Checked {
  if (!order.items) throw new OrderError(`order ${order.id} is empty`, order);
}

try {
  check({ id: 1 });
} catch (error: unknown) {
  if (!(error instanceof OrderError)) throw error;
  console.log(error.name, error.order, error.stack!.split('\n')[1]!.trim());
}

const order: Order = { id: 2 };
check(order);
console.log('never', order.items.length);
