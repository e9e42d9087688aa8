import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { TvmError } from '../errors.ts';
import { findArchitecture } from './architecture.ts';
import type { Architecture } from './architecture.ts';

/** How a guest kernel is made for a processor architecture. */
export interface KernelRecipe extends Pick<Architecture['kernel'], 'makeArch' | 'bootImage' | 'bzImage'> {
  /** Merged over tinyconfig in this order. */
  readonly fragments: readonly Fragment[];
}

export interface Fragment {
  readonly name: string;
  readonly text: string;
}

const FRAGMENTS_FOLDER = new URL('../../kernel/', import.meta.url);

/** The recipe for a processor architecture, or undefined where TVM has none. */
export async function kernelRecipe(
  architecture: NodeJS.Architecture = process.arch,
): Promise<KernelRecipe | undefined> {
  const known = findArchitecture(architecture)?.kernel;
  if (!known) return undefined;
  const { makeArch, bootImage, bzImage } = known;
  const names = ['common.config', `${makeArch}.config`];
  const fragments = await Promise.all(
    names.map(async (name) => ({
      name,
      text: await readFile(new URL(name, FRAGMENTS_FOLDER), 'utf8'),
    })),
  );
  return { makeArch, bootImage, bzImage, fragments };
}

/** Path of a fragment's file. */
export function fragmentPath({ name }: Fragment): string {
  return fileURLToPath(new URL(name, FRAGMENTS_FOLDER));
}

/** Value of an option that is off, whether a configuration says so or is silent. */
const OFF = 'n';

/**
 * What the fragments want and a finished configuration does not have: Kconfig drops an option without a word when
 * something that it depends on is off, or turns one on that another selects. A later fragment overrides an earlier one.
 * @returns a line for each, such as `CONFIG_EROFS_FS: wanted y, is n`; empty when all is as wanted
 * @throws TvmError `build_failed` for a line of a fragment that is neither an option nor a comment
 */
export function lostOptions(fragments: readonly Fragment[], config: string): string[] {
  const wanted = new Map<string, string>();
  for (const { name, text } of fragments) {
    for (const [i, line] of text.split('\n').entries()) {
      const option = parseOption(line);
      if (option) {
        wanted.set(option.name, option.value);
      } else if (!/^\s*(#(?!\s*CONFIG_).*)?$/.test(line)) {
        throw new TvmError('build_failed', `${name}:${i + 1}: not a kernel option: ${line}`);
      }
    }
  }
  const found = new Map<string, string>();
  for (const line of config.split('\n')) {
    const option = parseOption(line);
    if (option) found.set(option.name, option.value);
  }
  return [...wanted]
    .filter(([name, value]) => (found.get(name) ?? OFF) !== value)
    .map(([name, value]) => `${name}: wanted ${value}, is ${found.get(name) ?? OFF}`);
}

function parseOption(line: string): { readonly name: string; readonly value: string } | undefined {
  const set = /^(CONFIG_\w+)=(\S.*)$/.exec(line);
  if (set) return { name: set[1] ?? '', value: set[2] ?? '' };
  const unset = /^# (CONFIG_\w+) is not set$/.exec(line);
  return unset ? { name: unset[1] ?? '', value: OFF } : undefined;
}
