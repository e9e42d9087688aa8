import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { RuntimeId } from '../runtimes/schema.ts';
import { attemptFile, temporaryFile } from '../sys/paths.ts';
import type { Paths } from '../sys/paths.ts';
import { identityOf, isAlive } from '../sys/process-identity.ts';
import { makeFolder } from '../sys/staging.ts';

const identitySchema = z.strictObject({ pid: z.int(), startTicks: z.string(), bootId: z.string() });

const attemptSchema = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('building'), builder: identitySchema }),
  z.strictObject({
    outcome: z.enum(['unreachable', 'failed']),
    /** {@link imageKey} of what was tried. */
    key: z.string(),
    reason: z.string(),
    at: z.iso.datetime(),
  }),
]);

/** How the last attempt to build an image stands, as long as it did not succeed. */
export type Attempt = z.infer<typeof attemptSchema>;

/** The last attempt, or undefined when there was none, it succeeded, or its builder died. */
export async function readAttempt(paths: Paths, id: RuntimeId): Promise<Attempt | undefined> {
  let attempt: Attempt;
  try {
    attempt = attemptSchema.parse(JSON.parse(await readFile(attemptFile(paths.attemptsDir, id), 'utf8')));
  } catch {
    return undefined;
  }
  return attempt.outcome === 'building' && !isAlive(attempt.builder) ? undefined : attempt;
}

/** Notes that this process builds an image from now. */
export async function beginAttempt(paths: Paths, id: RuntimeId): Promise<void> {
  const builder = identityOf(process.pid);
  if (builder) await write(paths, id, { outcome: 'building', builder });
}

/** Notes why an image was not built; `undefined` that it was, or that nobody wants it any more. */
export async function endAttempt(
  paths: Paths,
  id: RuntimeId,
  failure: { outcome: 'unreachable' | 'failed'; key: string; reason: string } | undefined,
): Promise<void> {
  if (failure) await write(paths, id, { ...failure, at: new Date().toISOString() });
  else await rm(attemptFile(paths.attemptsDir, id), { force: true });
}

async function write(paths: Paths, id: RuntimeId, attempt: Attempt): Promise<void> {
  await makeFolder(paths.attemptsDir);
  const file = attemptFile(paths.attemptsDir, id);
  await writeFile(temporaryFile(file), JSON.stringify(attempt));
  await rename(temporaryFile(file), file);
}
