import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { installedPackages, pathsOfPackage, withDependencies } from './dpkg.ts';
import { findInTree } from './tree-path.ts';

/** Packages that install packages, check file systems or certificates: none of that can happen in a microVM. */
const UNWANTED_PACKAGES = [
  /^(?:apt|libapt-pkg[\d.]+(?:t64)?|gpgv|debian-archive-keyring|dpkg|adduser|debconf)$/,
  /^(?:perl|perl-base|perl-modules-[\d.]+|libperl[\d.]+(?:t64)?)$/,
  /^(?:e2fsprogs|logsave|libext2fs2(?:t64)?|libss2(?:t64)?)$/,
  /^(?:ca-certificates|ca-certificates-java)$/,
];

/** Documentation, translations, caches, package lists, certificates, and backups of the user data base. */
const UNWANTED_PATHS = [
  'usr/share/{doc,man,info,locale,lintian,bug,menu,doc-base,common-licenses,pixmaps,icons,applications}',
  'usr/share/{ca-certificates,debianutils,bash-completion,zsh,initramfs-tools,polkit-1}',
  'usr/lib/systemd',
  'etc/{apt,dpkg,ssl/certs,ca-certificates*,cron.*,init.d,rc?.d,kernel,logrotate.d,systemd,.pwd.lock}',
  'etc/{passwd-,group-,shadow-,gshadow-,subuid-,subgid-,debian_version-}',
  'var/lib/{apt,dpkg,ucf,pam,systemd,misc,shells.state}',
  '{var/cache,var/log,var/backups,var/tmp,run,tmp,boot}/*',
  '**/*.dpkg-{old,new,dist,tmp}',
];

/**
 * Character sets that iconv converts beside those that libc has built in (UTF-8, UTF-16, UTF-32, ASCII); the other 250
 * are larger than Python's standard library.
 */
const KEPT_CHARACTER_SETS =
  /^(?:gconv-modules.*|(?:ISO8859-(?:1|2|15)|CP125[0-2]|IBM437|IBM850|KOI8-R|UTF-7|UTF-16|UTF-32|UNICODE)\.so)$/;

export interface TrimOptions {
  /** Globs of the recipe. */
  readonly remove: readonly string[];
  /** Packages that were asked for by name: these stay. */
  readonly requested: readonly string[];
  /** Packages that a user added: these stay with all that they depend on. */
  readonly added: readonly string[];
}

/** Removes what no program in a microVM needs, and what the recipe names. */
export async function trimTree(tree: string, options: TrimOptions): Promise<void> {
  await removePackages(tree, options);
  await removeCharacterSets(tree);
  await removeGlobs(tree, [...UNWANTED_PATHS, ...options.remove]);
}

/** Removes everything that one of the globs names. Links are removed, never followed. */
export async function removeGlobs(tree: string, globs: readonly string[]): Promise<void> {
  const patterns = globs.map(globPattern);
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(tree, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (patterns.some((pattern) => pattern.test(path))) {
        await rm(join(tree, path), { recursive: true, force: true });
      } else if (entry.isDirectory()) {
        await visit(path);
      }
    }
  };
  await visit('');
}

/** A glob as a pattern of whole paths: `*` and `?` within a name, `**` across names, `{a,b}` alternatives. */
export function globPattern(glob: string): RegExp {
  const TOKENS: Readonly<Record<string, string>> = {
    '**/': '(?:.*/)?',
    '**': '.*',
    '*': '[^/]*',
    '?': '[^/]',
    '{': '(?:',
    '}': ')',
    ',': '|',
  };
  const source = glob.replaceAll(
    /\*\*\/|\*\*|[*?{},]|[.+^$()|[\]\\]/g,
    (token) => TOKENS[token] ?? `\\${token}`,
  );
  return new RegExp(`^${source}$`);
}

async function removePackages(tree: string, { requested, added }: TrimOptions): Promise<void> {
  const packages = await installedPackages(tree);
  const kept = withDependencies(packages, added);
  for (const name of requested) kept.add(name);
  // The interpreter is in perl-base, which nothing names as a dependency.
  if (kept.has('perl')) for (const name of withDependencies(packages, ['perl', 'perl-base'])) kept.add(name);
  for (const one of packages.values()) {
    if (kept.has(one.name) || !UNWANTED_PACKAGES.some((pattern) => pattern.test(one.name))) continue;
    for (const path of await pathsOfPackage(tree, one)) await removeFile(tree, path);
  }
  if (!kept.has('perl') && packages.size > 0) await removeGlobs(tree, ['usr/share/perl', 'usr/share/perl5']);
}

async function removeFile(tree: string, path: string): Promise<void> {
  // Of folders, and of links to them such as /lib, the package is one owner of many.
  if ((await findInTree(tree, `${path}/.`)) !== undefined) return;
  const place = await findInTree(tree, path);
  if (place !== undefined) await rm(place, { force: true });
}

async function removeCharacterSets(tree: string): Promise<void> {
  const libraries = await findInTree(tree, 'usr/lib/.');
  for (const name of libraries === undefined ? [] : await readdir(libraries)) {
    const folder = await findInTree(tree, `usr/lib/${name}/gconv/.`);
    const modules = folder === undefined ? [] : await readdir(folder);
    for (const file of modules) {
      if (folder !== undefined && !KEPT_CHARACTER_SETS.test(file))
        await rm(join(folder, file), { recursive: true });
    }
  }
}
