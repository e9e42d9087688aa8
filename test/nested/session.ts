import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DisposeStack } from '../../src/sys/dispose.ts';
import { loadConfig } from '../../src/config/load.ts';
import { ensureBootArtefacts } from '../../src/images/boot-artefacts.ts';
import { cachedKernel } from '../../src/images/kernel.ts';
import { findImage } from '../../src/images/store.ts';
import { ensureQemuInstall } from '../../src/pyrovm/vmm/qemu/install.ts';
import { makeStagingFolder, sweepStagingFolders } from '../../src/sys/staging.ts';
import { ensureBaseImage } from './base-image.ts';
import { startLevel1 } from './machine.ts';
import { makePayload, RUNTIME } from './payload.ts';
import { parseReportLine } from './report.ts';
import type { TestMessage } from './report.ts';

export interface SessionOptions {
  /** Names of files in `inside/`, in order. */
  readonly suites: readonly string[];
  /** More to have in PATH in the machine, by name. */
  readonly programs: Readonly<Record<string, string>>;
  /** Whether the machine keeps a shell open at its end. */
  readonly keep: boolean;
  /** Called with one line. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface SessionResult {
  readonly tests: readonly TestMessage[];
  /** Of the suites' process; undefined: the machine ended without saying so, and nothing counts. */
  readonly exitCode: number | undefined;
  readonly consoleLog: string;
}

/** Builds the level 1 machine, runs the suites in it and returns when it is gone, with nothing left but the base image and a log. */
export async function runSession(options: SessionOptions): Promise<SessionResult> {
  const { suites, programs, keep, say, signal } = options;
  const config = loadConfig({ environment: hostEnvironment(), flags: {} });
  const { paths } = config;
  const folder = join(paths.cacheDir, 'nested');
  const consoleLog = join(folder, 'console.log');
  const shellSocket = join(folder, 'shell.sock');
  const buildOptions = { signal, progress: say };
  await using stack = new DisposeStack();
  await sweepStagingFolders(folder);

  if (!(await findImage(paths, RUNTIME))) throw new Error(`needs ${RUNTIME}: tvm images build`);
  const { initrd } = await ensureBootArtefacts(paths, buildOptions);
  const kernel = await cachedKernel(paths);
  if (!kernel) throw new Error('there is no kernel in the cache');
  const install = await ensureQemuInstall(config, buildOptions);
  const base = await ensureBaseImage(folder, buildOptions);
  say('base image ready');
  const scratch = stack.use(await makeStagingFolder(folder)).path;
  const boot = { kernelFolder: kernel.folder, initrd };
  const payload = await makePayload({ paths, boot, programs, scratch, signal });
  say(`payload ready, guests boot ${kernel.release}`);

  const nonce = randomBytes(16).toString('hex');
  const tests: TestMessage[] = [];
  let exitCode: number | undefined;
  const machine = await startLevel1({
    install,
    base,
    payload,
    consoleLog,
    words: [`tvm.nonce=${nonce}`, `tvm.suites=${suites.join(',')}`, ...(keep ? ['tvm.keep=1'] : [])],
    shellSocket: keep ? shellSocket : undefined,
    onConsole: (line) => say(`| ${line}`),
    onReport: (line) => {
      const message = parseReportLine(nonce, line);
      // The machine holds its disks open; a run that is killed then leaves no file.
      if (message?.kind === 'phase') void rm(scratch, { recursive: true, force: true });
      if (message?.kind === 'phase') say(message.name === 'shell' ? `shell at ${shellSocket}` : message.name);
      if (message?.kind === 'test') tests.push(message);
      if (message?.kind === 'end') ({ exitCode } = message);
    },
  });
  stack.defer(async () => {
    machine.kill();
    await machine.exited;
    await rm(shellSocket, { force: true });
  });
  const kill = (): void => machine.kill();
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  await machine.exited;
  return { tests, exitCode, consoleLog };
}

/** Folders are the host's, settings the defaults: the user's are for the TVM that runs programs here. */
function hostEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('TVM_'));
  return Object.fromEntries(kept);
}
