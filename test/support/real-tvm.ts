import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeSandbox } from '../../src/cli/fixtures/sandbox.ts';
import type { Ended, Sandbox } from '../../src/cli/fixtures/sandbox.ts';

/** A TVM account of its own that uses the real command line and the real cache with its images. */
export interface RealTvm extends AsyncDisposable {
  readonly sandbox: Sandbox;
  /** Base URLs of its API: of the first guide's port and of the second's. */
  readonly urls: readonly [string, string];
  run(args: readonly string[], options?: { input?: string | Buffer }): Promise<Ended>;
}

export async function makeRealTvm(): Promise<RealTvm> {
  const sandbox = await makeSandbox();
  const environment = { XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache') };
  const run: RealTvm['run'] = async (args, options = {}) =>
    sandbox.tvm(args, { real: true, environment, ...options });
  return {
    sandbox,
    urls: [`http://localhost:${sandbox.port}`, `http://localhost:${sandbox.secondPort}`],
    run,
    async [Symbol.asyncDispose]() {
      await run(['stop']);
      await sandbox[Symbol.asyncDispose]();
    },
  };
}
