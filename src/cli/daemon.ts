import { linkSync, readFileSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { errnoOf } from '../errors.ts';
import { daemonTakeoverFile, temporaryFile } from '../sys/paths.ts';
import { isAlive } from '../sys/process-identity.ts';
import type { ProcessIdentity } from '../sys/process-identity.ts';

const recordSchema = z.object({
  pid: z.int().min(1),
  startTicks: z.string(),
  bootId: z.string(),
  /** `starting` until the API listens and a driver is proven. */
  state: z.enum(['starting', 'ready']),
  version: z.string(),
  addresses: z.array(z.string()),
  startedAt: z.string(),
  /** How long `stop` must leave it, in ms. */
  shutdownGraceMs: z.int().min(0),
});

/** Who serves on this account of this machine; the content of the daemon file. */
export type DaemonRecord = Readonly<z.infer<typeof recordSchema>>;

/** What the daemon file says, checked against the living processes. `text` is the file as read. */
export type DaemonState =
  | { readonly kind: 'none' }
  | { readonly kind: 'stale'; readonly text: string; readonly why: string }
  | { readonly kind: 'living'; readonly text: string; readonly record: DaemonRecord };

/** A takeover lasts microseconds; one this old, in ms, was killed in the middle. */
const ABANDONED_TAKEOVER_MS = 10_000;

/** Reads the daemon file. A record that is damaged or whose process is gone, or whose pid is now another's, is stale. */
export function inspectDaemon(file: string): DaemonState {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return { kind: 'none' };
    throw error;
  }
  const record = parseRecord(text);
  if (!record) return { kind: 'stale', text, why: 'it is damaged' };
  if (!isAlive(record)) return { kind: 'stale', text, why: `process ${record.pid} is gone` };
  return { kind: 'living', text, record };
}

/**
 * Makes `record` the daemon file unless a living process holds it; of several that try at once exactly one succeeds.
 * Returns undefined then, else what the holder wrote.
 */
export async function claimDaemon(file: string, record: DaemonRecord): Promise<DaemonRecord | undefined> {
  const own = temporaryFile(file);
  writeFileSync(own, serialise(record), { mode: 0o600 });
  try {
    for (;;) {
      try {
        // A link either appears whole or not at all, and never replaces a file.
        linkSync(own, file);
        return undefined;
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error;
      }
      const state = inspectDaemon(file);
      if (state.kind === 'living') return state.record;
      if (state.kind === 'stale' && !clearStale(file, state.text)) await sleep(20);
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** Replaces the record; only for the process that claimed it. */
export function updateDaemon(file: string, record: DaemonRecord): void {
  const next = temporaryFile(file);
  writeFileSync(next, serialise(record), { mode: 0o600 });
  renameSync(next, file);
}

/** Removes the record if it is this process's. */
export function releaseDaemon(file: string, owner: ProcessIdentity): void {
  const state = inspectDaemon(file);
  if (state.kind === 'living' && state.record.pid === owner.pid) rmSync(file, { force: true });
}

/**
 * Removes the daemon file if it still reads `staleText`. Returns false when another process is about to do the same.
 * Only the holder of the takeover file removes a dead process's record: without it a slow process could remove the
 * record that a fast one has just put in the place of the stale one.
 */
export function clearStale(file: string, staleText: string): boolean {
  const takeover = daemonTakeoverFile(file);
  try {
    linkSync(file, takeover);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return true;
    if (errnoOf(error) !== 'EEXIST') throw error;
    dropAbandoned(takeover);
    return false;
  }
  try {
    if (readFileSync(takeover, 'utf8') !== staleText) return false;
    unlinkSync(file);
    return true;
  } finally {
    rmSync(takeover, { force: true });
  }
}

function dropAbandoned(takeover: string): void {
  // Linking sets the time of the last status change: the age of the takeover, whatever the record's age.
  const changed = statSync(takeover, { throwIfNoEntry: false })?.ctimeMs;
  if (changed !== undefined && Date.now() - changed > ABANDONED_TAKEOVER_MS)
    rmSync(takeover, { force: true });
}

function parseRecord(text: string): DaemonRecord | undefined {
  try {
    return recordSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function serialise(record: DaemonRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}
