import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

interface Task {
  n: number;
  shared: Int32Array;
}

enum Kind {
  Square = 'square',
}

if (isMainThread) {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const run = (n: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(__filename, { workerData: { n, shared } satisfies Task });
      worker.once('message', resolve).once('error', reject);
    });
  void (async () => {
    console.log(await Promise.all([1, 2].map(run)), Atomics.load(shared, 0));
  })();
} else {
  const { n, shared } = workerData as Task;
  for (let i = 0; i < 100; i++) Atomics.add(shared, 0, n);
  parentPort!.postMessage({ [Kind.Square]: n * n });
}
