import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { errnoOf, messageOf, TvmError } from '../../errors.ts';
import { nextFile } from '../../sys/paths.ts';
import type { StoredKey } from './api-key.ts';

/** A name of a key. */
export const KEY_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Every request is compared with every key. */
const MOST_KEYS = 1000;
const MOST_BYTES = 1024 * 1024;

/** How long a change waits for another one to end, and how often it looks, in ms. */
const PATIENCE_MS = 5000;
const POLL_MS = 20;

const fileSchema = z.strictObject({
  version: z.literal(1),
  keys: z
    .array(
      z.strictObject({
        name: z.string().regex(KEY_NAME),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        created_at: z.iso.datetime(),
      }),
    )
    .max(MOST_KEYS)
    .refine((keys) => new Set(keys.map(({ name }) => name)).size === keys.length, 'a name occurs twice'),
});

/** The file as it was read. */
export interface KeyFile {
  readonly keys: readonly StoredKey[];
  /** {@link stampOf} what was read. */
  readonly stamp: string;
}

/** Changes whenever a file does. */
export function stampOf({ dev, ino, size, mode, uid, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mode, uid, mtimeNs, ctimeNs].join(' ');
}

/**
 * Reads the file of keys; undefined when there is none.
 * @throws TvmError `config_invalid` when it is damaged, or somebody else may write to it
 */
export function readKeyFile(path: string): KeyFile | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw damaged(path, messageOf(error), error);
  }
  try {
    const stats = fstatSync(descriptor, { bigint: true });
    checkOwner(path, stats);
    if (stats.size > MOST_BYTES) throw damaged(path, `it is larger than ${MOST_BYTES} bytes`);
    const parsed = fileSchema.safeParse(JSON.parse(readFileSync(descriptor, 'utf8')));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw damaged(path, `${issue?.path.join('.') || 'content'}: ${issue?.message}`);
    }
    const keys = parsed.data.keys.map(({ name, sha256, created_at: createdAt }) => ({
      name,
      sha256,
      createdAt,
    }));
    return { keys, stamp: stampOf(stats) };
  } catch (error) {
    if (error instanceof TvmError) throw error;
    throw damaged(path, error instanceof SyntaxError ? 'it is no JSON' : messageOf(error), error);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Replaces the keys by what `change` makes of them; what `change` throws leaves the file as it was. Readers see the file
 * before or after, never a part of it; changes of several processes come one after the other.
 * @throws TvmError `config_invalid` for a damaged file; `host_unready` when the folder cannot be written, or another
 *   change does not end within 5 s
 */
export async function changeKeyFile(
  path: string,
  change: (keys: readonly StoredKey[]) => readonly StoredKey[],
): Promise<void> {
  const next = nextFile(path);
  const descriptor = await openAlone(path, next);
  try {
    const keys = change(readKeyFile(path)?.keys ?? []);
    if (keys.length > MOST_KEYS) {
      throw new TvmError('invalid_request', `there are ${MOST_KEYS} keys, which is the most`);
    }
    writeFileSync(descriptor, serialise(keys));
    // A revocation must not be undone by a power cut.
    fsyncSync(descriptor);
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Makes the next file, which only one process can at a time. */
async function openAlone(path: string, next: string): Promise<number> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      return openSync(next, 'wx', 0o600);
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') {
        throw new TvmError('host_unready', `cannot write the file of API keys: ${messageOf(error)}`, {
          cause: error,
          context: { remedy: 'Set XDG_CONFIG_HOME to a folder that this user may write to.' },
        });
      }
      if (performance.now() > deadline) {
        throw new TvmError('host_unready', `another command is changing the API keys: ${next} exists`, {
          context: { remedy: 'If no other `tvm keys` runs, one was killed: remove that file.' },
        });
      }
    }
    await sleep(POLL_MS);
  }
}

/** Whoever writes to the file can give himself a key. */
function checkOwner(path: string, { uid, mode }: BigIntStats): void {
  const self = process.geteuid?.();
  if (self !== undefined && uid !== BigInt(self) && uid !== 0n) {
    throw damaged(path, `it belongs to the user ${uid}, not to this one or root`);
  }
  if ((mode & 0o022n) !== 0n) throw damaged(path, 'others may write to it; `chmod 600` takes that away');
}

function serialise(keys: readonly StoredKey[]): string {
  const rows = keys.map(({ name, sha256, createdAt }) => ({ name, sha256, created_at: createdAt }));
  return `${JSON.stringify({ version: 1, keys: rows }, null, 2)}\n`;
}

function damaged(path: string, reason: string, cause?: unknown): TvmError {
  return new TvmError('config_invalid', `the file of API keys cannot be used: ${path}: ${reason}`, {
    cause,
    context: { remedy: 'Restore the file; or remove it, and make new keys with `tvm keys add`.' },
  });
}
