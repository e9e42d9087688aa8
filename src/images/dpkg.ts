import { textInTree } from './tree-path.ts';

/** A Debian package that is installed in a tree. */
export interface DebianPackage {
  readonly name: string;
  readonly architecture: string;
  readonly version: string;
  /** Names that it depends on, all alternatives. */
  readonly depends: readonly string[];
}

/** The installed packages of a tree by name; none where it is no Debian system. */
export async function installedPackages(tree: string): Promise<ReadonlyMap<string, DebianPackage>> {
  const status = await textInTree(tree, 'var/lib/dpkg/status');
  const packages = new Map<string, DebianPackage>();
  for (const paragraph of status.split('\n\n')) {
    const field = (name: string): string =>
      new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1]?.trim() ?? '';
    if (field('Status') !== 'install ok installed') continue;
    const depends = `${field('Pre-Depends')},${field('Depends')}`
      .split(/[,|]/)
      .map((term) => /^\s*([a-z0-9][a-z0-9+.-]*)/.exec(term)?.[1] ?? '')
      .filter(Boolean);
    const name = field('Package');
    packages.set(name, { name, architecture: field('Architecture'), version: field('Version'), depends });
  }
  return packages;
}

/** Absolute paths that a package brought into the tree, folders included. */
export async function pathsOfPackage(tree: string, one: DebianPackage): Promise<string[]> {
  const info = 'var/lib/dpkg/info';
  const list =
    (await textInTree(tree, `${info}/${one.name}.list`)) ||
    (await textInTree(tree, `${info}/${one.name}:${one.architecture}.list`));
  return list.split('\n').filter((path) => path.startsWith('/') && path !== '/.');
}

/** `wanted` and all that these depend on, as far as it is installed. */
export function withDependencies(
  packages: ReadonlyMap<string, DebianPackage>,
  wanted: readonly string[],
): Set<string> {
  const found = new Set<string>();
  const rest = [...wanted];
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    const one = packages.get(name);
    if (!one || found.has(name)) continue;
    found.add(name);
    rest.push(...one.depends);
  }
  return found;
}
