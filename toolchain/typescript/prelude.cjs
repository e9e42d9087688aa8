// Part of the script that an interpreter preloads while it waits (nodeWait in src/runtimes/node-wait.ts): loads the hook
// that the command line asks for anyway, and has it transform a sample. That starts esbuild, which stays for the
// program's own source. For a text of this size its collector and further threads only cost time.
const quiet = { GOGC: 'off', GOMAXPROCS: '1' };
Object.assign(process.env, quiet);
const hook = '/usr/local/lib/node_modules/tsx/dist/cjs/index.cjs';
require(hook);
const sample = '/usr/local/lib/tvm/sample.ts';
require(sample);
for (const name of Object.keys(quiet)) delete process.env[name];
delete require.cache[sample];
module.children.length = 0;
for (const key of Object.keys(Module._pathCache)) {
  if (Module._pathCache[key] === sample) delete Module._pathCache[key];
}
