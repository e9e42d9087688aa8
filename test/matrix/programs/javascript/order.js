const order = [];
const say = (text) => order.push(text);

setTimeout(() => say('timeout'), 0);
setImmediate(() => {
  say('immediate');
  setImmediate(() => {
    process.nextTick(() => say('tick in immediate'));
    Promise.resolve().then(() => say('promise in immediate'));
  });
});
process.nextTick(() => say('tick'));
Promise.resolve().then(() => say('promise')).then(() => say('second promise'));
queueMicrotask(() => say('microtask'));
(async () => {
  say('async start');
  await null;
  say('async end');
})();
say('main');
process.on('beforeExit', () => {
  if (order.includes('late')) return;
  say('before exit');
  setTimeout(() => say('late'), 1);
});
process.on('exit', () => {
  const rest = order.filter((text) => !['timeout', 'immediate'].includes(text));
  console.log(rest.join(', '), order.length);
});
