import { TvmError } from '../../../../errors.ts';
import { releaseLease, takeLease } from '../../../../sys/leases.ts';

export interface UserIdsOptions {
  readonly first: number;
  readonly last: number;
  /** Where all TVM processes of this host's root write down who has which. */
  readonly folder: string;
  /** This TVM process. */
  readonly owner: string;
}

/** User ids for VM processes: each has one that no other process has. */
export class UserIds {
  readonly #options: UserIdsOptions;
  #next: number;

  constructor(options: UserIdsOptions) {
    this.#options = options;
    this.#next = options.first;
  }

  /** @throws TvmError `host_unready` when all are in use */
  async take(): Promise<number> {
    const { first, last, folder, owner } = this.#options;
    const size = last - first + 1;
    for (let tries = 0; tries < size; tries++) {
      const uid = this.#next;
      // One that was given back is the last to be taken again.
      this.#next = uid === last ? first : uid + 1;
      if (await takeLease(folder, String(uid), owner)) return uid;
    }
    throw new TvmError(
      'host_unready',
      `all ${size} user ids for microVMs are in use; set jailer_uids to a wider range than ${first}-${last}`,
    );
  }

  /** Only when no process has it any more. */
  async giveBack(uid: number): Promise<void> {
    await releaseLease(this.#options.folder, String(uid), this.#options.owner);
  }
}
