// Everything the interpreter itself relies on, taken away; its end must still be an end.
const forever = (): never => {
  for (;;);
};
Object.defineProperty(Object.prototype, 'then', { get: () => undefined, set: () => {} });
process.reallyExit = forever as typeof process.reallyExit;
process.emit = forever as typeof process.emit;
(process as unknown as Record<string, unknown>)['_exiting'] = true;
globalThis.setTimeout = forever as unknown as typeof setTimeout;
Error.prepareStackTrace = forever;
process.stdout.write('everything is taken\n');
throw new Error('x');
