import { statSync } from 'node:fs';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../observability/log.ts';
import { findKey } from './api-key.ts';
import type { StoredKey } from './api-key.ts';
import { readKeyFile, stampOf } from './key-file.ts';

/** Longest time for which an answer about keys rests on an earlier look at the file, in ms. */
export const LOOK_INTERVAL_MS = 500;

/** Who may use the API. */
export interface Keys {
  /** Whether a request needs a key. */
  readonly required: boolean;
  /** Name of the key that this is, if it is one. */
  nameOf(presented: string): string | undefined;
}

/** No keys, and none needed. */
export const NO_KEYS: Keys = { required: false, nameOf: () => undefined };

/**
 * The keys of a file that others change while this process runs. The file is looked at when somebody asks, at most twice
 * a second: that costs microseconds, nothing while no requests come, and holds on file systems that report no changes.
 *
 * It never opens what was closed. As long as a file was there once, a key is needed; a damaged file leaves the last good
 * keys in force, and a file that vanished leaves none.
 */
export class KeyRing implements Keys {
  readonly #file: string;
  readonly #logger: Logger;
  readonly #now: () => number;
  #keys: readonly StoredKey[] = [];
  #required = false;
  /** Of the file that was read last; undefined when there was none. */
  #stamp: string | undefined;
  /** Why the file could not be read at the last look, if so. */
  #fault: string | undefined;
  #lookedAt: number;

  /** @throws TvmError `config_invalid` for a damaged file */
  constructor(file: string, logger: Logger, now: () => number = () => performance.now()) {
    this.#file = file;
    this.#logger = logger;
    this.#now = now;
    this.#lookedAt = now();
    this.#read();
  }

  get required(): boolean {
    this.#look();
    return this.#required;
  }

  /** How many keys there are. */
  get size(): number {
    this.#look();
    return this.#keys.length;
  }

  nameOf(presented: string): string | undefined {
    this.#look();
    return findKey(this.#keys, presented)?.name;
  }

  #look(): void {
    const now = this.#now();
    if (now - this.#lookedAt < LOOK_INTERVAL_MS) return;
    this.#lookedAt = now;
    try {
      const stats = statSync(this.#file, { bigint: true, throwIfNoEntry: false });
      // What could not be read is tried again: the reason may be gone without a change of the file.
      if (!this.#fault && this.#stamp === (stats && stampOf(stats))) return;
      this.#read();
      this.#fault = undefined;
      if (this.#stamp === undefined) {
        this.#logger.error({ file: this.#file }, 'the file of API keys is gone: every request is refused');
      } else {
        this.#logger.info({ keys: this.#keys.map(({ name }) => name) }, 'the API keys have changed');
      }
    } catch (error) {
      this.#required = true;
      const fault = messageOf(error);
      if (fault === this.#fault) return;
      this.#fault = fault;
      this.#logger.error(
        { error: fault, keys: this.#keys.map(({ name }) => name) },
        'the API keys cannot be read again: those known before remain in force',
      );
    }
  }

  /** @throws TvmError `config_invalid` for a damaged file; nothing changes then */
  #read(): void {
    const file = readKeyFile(this.#file);
    this.#keys = file?.keys ?? [];
    this.#stamp = file?.stamp;
    this.#required ||= file !== undefined;
  }
}
