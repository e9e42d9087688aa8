import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { API_KEY } from '../../config/schema.ts';

/** What is kept of a key. */
export interface StoredKey {
  /** Unique, fit for logs. */
  readonly name: string;
  /** {@link hashKey} of the key. */
  readonly sha256: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** A new key: 256 random bits behind a prefix by which people and scanners know what they found. */
export function makeKey(): string {
  return `tvm_${randomBytes(32).toString('hex')}`;
}

/**
 * What is stored in place of a key, 64 hexadecimal digits. One round of SHA-256 without salt is right here: slow and
 * salted hashes protect what people choose, which can be guessed. Of 2^256 keys none can be guessed or tabulated,
 * however fast the hash is, and a fast one costs a server nothing when strangers send it keys.
 */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/**
 * The stored key that `presented` is. Hashes are compared in constant time, and with all keys: how long it takes says
 * neither how near a guess was nor which key it is.
 */
export function findKey(keys: readonly StoredKey[], presented: string): StoredKey | undefined {
  // Only the shape, which everybody knows: nothing is hashed for what cannot be a key.
  if (!API_KEY.test(presented)) return undefined;
  const hash = Buffer.from(hashKey(presented), 'hex');
  let found: StoredKey | undefined;
  for (const key of keys) {
    if (timingSafeEqual(Buffer.from(key.sha256, 'hex'), hash)) found = key;
  }
  return found;
}
