import { RUNTIMES } from '../runtimes/catalogue.ts';
import type { RuntimeId } from '../runtimes/schema.ts';
import type { Paths } from '../sys/paths.ts';
import { recipeWith } from './additions.ts';
import { readAttempt } from './attempts.ts';
import { findAdditions, findImage, imageKey, listCustom, recipeOf } from './store.ts';
import type { ImageEntry } from './store.ts';

/**
 * `ready` can run now; `installable` can be built; `building` is being built now; `unreachable` could not be built the
 * last time, for its source could not be reached.
 */
export const RUNTIME_STATES = ['ready', 'installable', 'building', 'unreachable'] as const;

/** How a runtime stands on this machine. */
export interface RuntimeState {
  readonly id: RuntimeId;
  readonly state: (typeof RUNTIME_STATES)[number];
  /** Why it is unreachable, or why the last attempt to build it failed. */
  readonly reason: string | undefined;
  /** Where it comes from, such as `Debian bookworm + npm`. */
  readonly source: string;
  readonly image: ImageEntry | undefined;
}

/** How every runtime of the catalogue stands, in its order, then users' own by name. */
export async function runtimeStates(paths: Paths): Promise<RuntimeState[]> {
  const ids = [...RUNTIMES.map((runtime) => runtime.id), ...(await listCustom(paths))];
  return Promise.all(ids.map(async (id) => runtimeState(paths, id)));
}

/** How one runtime stands. */
export async function runtimeState(paths: Paths, id: RuntimeId): Promise<RuntimeState> {
  const recipe = recipeOf(id);
  if (!recipe) {
    const reason = 'this release has no recipe for it';
    return { id, state: 'unreachable', reason, source: '-', image: undefined };
  }
  const additions = await findAdditions(paths, id);
  const { base, npm = [] } = recipeWith(recipe, additions);
  const source = [
    base.kind === 'oci' ? `OCI ${base.reference}` : `Debian ${base.suite}`,
    ...(npm.length + (additions?.npm.length ?? 0) > 0 ? ['npm'] : []),
    ...((additions?.copy.length ?? 0) > 0 ? ['folder'] : []),
  ].join(' + ');
  const [image, attempt] = await Promise.all([findImage(paths, id), readAttempt(paths, id)]);
  const known = { id, source, image, reason: undefined };
  // While a further one is made, the present image goes on to serve.
  if (image) return { ...known, state: 'ready' };
  if (!attempt) return { ...known, state: 'installable' };
  if (attempt.outcome === 'building') return { ...known, state: 'building' };
  // What was tried with another recipe says nothing of this one.
  if (attempt.key !== imageKey(recipe, additions)) return { ...known, state: 'installable' };
  const { outcome, reason } = attempt;
  return { ...known, state: outcome === 'unreachable' ? 'unreachable' : 'installable', reason };
}
