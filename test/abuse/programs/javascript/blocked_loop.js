// The event loop never gets a turn: what is to stop it must not be inside.
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGXCPU', 'SIGUSR2']) process.on(name, () => {});
process.on('exit', () => {
  for (;;);
});
console.log('blocked');
const spin = () => Promise.resolve().then(spin);
spin();
