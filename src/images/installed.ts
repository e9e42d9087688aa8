import { stat } from 'node:fs/promises';
import type { RuntimeId } from '../runtimes/schema.ts';
import type { Paths } from '../sys/paths.ts';
import { runtimeStates } from './states.ts';
import type { RuntimeState } from './states.ts';
import { listImages } from './store.ts';
import type { ImageEntry } from './store.ts';

/** The images that can be used now, read again only when the folder changed: another process may build one. */
export class InstalledImages {
  readonly #paths: Paths;
  #changedAt = Number.NaN;
  #images: ReadonlyMap<RuntimeId, ImageEntry> = new Map();

  constructor(paths: Paths) {
    this.#paths = paths;
  }

  async current(): Promise<ReadonlyMap<RuntimeId, ImageEntry>> {
    const changedAt = await stat(this.#paths.imagesDir).then(
      (folder) => folder.mtimeMs,
      () => 0,
    );
    if (changedAt !== this.#changedAt) {
      this.#images = new Map((await listImages(this.#paths)).map((image) => [image.id, image]));
      this.#changedAt = changedAt;
    }
    return this.#images;
  }

  /** How every runtime stands, installed or not. */
  async states(): Promise<RuntimeState[]> {
    return runtimeStates(this.#paths);
  }
}
