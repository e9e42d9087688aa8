process.on('exit', (code) => {
  console.log('exit', code, process.exitCode);
});
console.error('to stderr');
setTimeout(() => console.log('never'), 1000);
Promise.resolve().then(() => {
  console.log('before');
  process.exit(42);
});
