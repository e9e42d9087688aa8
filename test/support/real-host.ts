import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/load.ts';
import type { SettingName } from '../../src/config/schema.ts';
import { makeEmbeddedEngine } from '../../src/pyrovm/embedded.ts';
import type { EmbeddedEngine } from '../../src/pyrovm/embedded.ts';
import { recordingLogger } from '../doubles/recording-logger.ts';

/** Settings by name. */
export type SettingFlags = Partial<Record<SettingName, unknown>>;

/** The versions that `npm test` installs, whatever else the cache holds. */
export const TESTED_VERSIONS: Readonly<Record<string, string>> = { python: '3.11', javascript: '20' };

/** The same as ids of runtimes. */
export const TESTED_RUNTIMES = Object.entries(TESTED_VERSIONS).map((pair) => pair.join('@'));

/** What the engines of this file have logged: why something did not happen. */
const log = recordingLogger('warn');

/** A temporary folder that vanishes when disposed. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'tvm-test-'));
  return { path, [Symbol.asyncDispose]: async () => rm(path, { recursive: true, force: true }) };
}

/** Environment of a TVM of its own: private state and runtime folders, the real cache with its images. */
export function isolatedEnvironment(folder: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('TVM_'));
  return {
    ...Object.fromEntries(inherited),
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
  };
}

/** Configuration of a TVM of its own. */
export function isolatedConfig(folder: string, flags: SettingFlags = {}): Config {
  return loadConfig({ environment: isolatedEnvironment(folder), flags });
}

/** An engine that boots real microVMs; disposing stops it. */
export async function startEngine(
  folder: string,
  flags: SettingFlags = {},
): Promise<EmbeddedEngine & AsyncDisposable> {
  const embedded = await makeEmbeddedEngine({
    config: isolatedConfig(folder, { prewarm: TESTED_RUNTIMES.join(','), ...flags }),
    service: true,
    logger: log.logger,
    signal: new AbortController().signal,
    progress: () => {},
  });
  await embedded.prove();
  return { ...embedded, [Symbol.asyncDispose]: async () => embedded.stop(0) };
}

/** Polls until `condition` holds. @throws after `timeoutMs`, with the last warnings of the engines here */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 300_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      const warnings = log.lines.slice(-5).map((line) => `\n${JSON.stringify(line).slice(0, 1000)}`);
      throw new Error(`not within ${timeoutMs} ms: ${what}${warnings.join('')}`);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}
