const { Worker, isMainThread, parentPort, workerData, threadId } = require('worker_threads');

if (isMainThread) {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const run = (n) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(__filename, { workerData: { n, shared }, argv: ['x'] });
      worker.on('message', resolve);
      worker.on('error', reject);
    });
  Promise.all([1, 2, 3].map(run)).then((results) => {
    console.log(results, Atomics.load(shared, 0));
    const failing = new Worker('throw new Error("from a worker")', { eval: true });
    failing.on('error', (error) => console.log('error', error.message));
    failing.on('exit', (code) => console.log('exit', code));
  });
} else {
  const { n, shared } = workerData;
  for (let i = 0; i < 100; i++) Atomics.add(shared, 0, n);
  parentPort.postMessage({ square: n * n, inThread: threadId > 0, args: process.argv.slice(2), options: process.execArgv });
}
