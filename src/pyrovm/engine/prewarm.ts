import { LANGUAGES, parseRuntimeId, RUNTIMES } from '../../runtimes/catalogue.ts';
import type { Runtime } from '../../runtimes/catalogue.ts';
import type { RuntimeId } from '../../runtimes/schema.ts';

/**
 * The installed runtimes that get their templates and clones before anyone asks for them.
 * @param setting `default` for the default version of each language, `all`, or ids separated by commas
 */
export function prewarmed(
  setting: string,
  installed: { readonly has: (id: RuntimeId) => boolean; readonly keys: () => Iterable<RuntimeId> },
): Runtime[] {
  if (setting === 'default') {
    return LANGUAGES.flatMap(
      (language) =>
        RUNTIMES.findLast((runtime) => runtime.language === language && installed.has(runtime.id)) ?? [],
    );
  }
  const ids = [...installed.keys()];
  const wanted = new Set(setting.split(','));
  return ids.filter((id) => setting === 'all' || wanted.has(id)).map((id) => parseRuntimeId(id));
}
