import { randomUUID } from 'node:crypto';
import type { ExecutionInput, ExecutionResult } from '../../src/pyrovm/engine/execution.ts';
import type { MachineOrigin } from '../../src/pyrovm/pool/supply.ts';
import type { EmbeddedEngine } from '../../src/pyrovm/embedded.ts';
import { DisposeStack } from '../../src/sys/dispose.ts';
import { eventually, startEngine, TESTED_VERSIONS } from './real-host.ts';

export type Program = Pick<ExecutionInput, 'language' | 'code' | 'stdin' | 'limits'>;

/** Runs a program in a machine of a given origin. */
export interface Origins extends AsyncDisposable {
  run(origin: MachineOrigin, program: Program): Promise<ExecutionResult>;
}

/** How often a program may be run again because it got a machine of another origin: on demand, the pool being empty. */
const TRIES = 10;

/** One engine for each origin, all with the same images and templates. */
export async function startOrigins(folder: string, languages: readonly string[]): Promise<Origins> {
  const stack = new DisposeStack();
  try {
    return await startAll(folder, languages, stack);
  } catch (error) {
    await stack.dispose();
    throw error;
  }
}

async function startAll(folder: string, languages: readonly string[], stack: DisposeStack): Promise<Origins> {
  const start = async (...args: Parameters<typeof startEngine>): Promise<EmbeddedEngine> =>
    stack.use(await startEngine(...args));
  const pooled = await start(folder, { pool_min: 2, pool_max: 2 });
  await pooled.engine.prepareInstalled();
  const waits = async (language: string): Promise<void> =>
    eventually(
      () => (pooled.engine.pools().pool_status[language]?.available ?? 0) > 0,
      `a clone for ${language} waits`,
    );
  for (const language of languages) await waits(language);
  const engines: Readonly<Record<MachineOrigin, EmbeddedEngine>> = {
    pooled,
    restored: await start(folder, { pool_max: 0 }),
    booted: await start(folder, { templates: 'off' }),
  };
  return {
    async run(origin, program) {
      for (let left = TRIES; left > 0; left -= 1) {
        if (origin === 'pooled') await waits(program.language);
        const result = await engines[origin].engine.execute(
          { ...program, languageVersion: TESTED_VERSIONS[program.language], requestId: randomUUID() },
          { signal: new AbortController().signal },
        );
        if (result.machine === origin) return result;
      }
      throw new Error(`no machine was ${origin}`);
    },
    [Symbol.asyncDispose]: async () => stack.dispose(),
  };
}
