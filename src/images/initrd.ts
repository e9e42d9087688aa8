import { access, chmod, copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashOf } from '../sys/hash.ts';
import { initrdFile, kernelFiles } from '../sys/paths.ts';
import type { Paths } from '../sys/paths.ts';
import { runTool } from '../sys/process.ts';
import { makeStagingFolder } from '../sys/staging.ts';
import type { BuildOptions } from './build-options.ts';
import type { Kernel } from './kernel.ts';

const GUEST_SOURCES = fileURLToPath(new URL('../../guest', import.meta.url));

/** How the agent is compiled, by whichever compiler. */
export const AGENT_FLAGS = ['-std=gnu17', '-O2', '-static', '-Wall', '-Wextra', '-Werror'] as const;

const COMPILE = ['gcc', ...AGENT_FLAGS] as const;

/**
 * Builds the initial RAM file system unless it is in the cache: the agent, compiled from `guest/`, as `/init`, and the
 * kernel's modules with their load order.
 * @returns its path
 */
export async function ensureInitrd(paths: Paths, kernel: Kernel, options: BuildOptions): Promise<string> {
  const names = (await readdir(GUEST_SOURCES)).filter((name) => /\.[ch]$/.test(name)).sort();
  const sources = await Promise.all(names.map(async (name) => readFile(join(GUEST_SOURCES, name))));
  const agentBuild = hashOf(...COMPILE, ...names, ...sources).slice(0, 16);
  const target = initrdFile(paths.initrdsDir, `${kernel.release}-${agentBuild}`);
  try {
    await access(target);
    return target;
  } catch {
    // Not built yet.
  }

  options.progress('agent: compiling');
  await using staging = await makeStagingFolder(paths.initrdsDir);
  const tree = join(staging.path, 'tree');
  await mkdir(tree);
  await runTool(
    [
      ...COMPILE,
      `-DTVM_AGENT_BUILD="${agentBuild}"`,
      '-o',
      join(tree, 'init'),
      ...names.filter((name) => name.endsWith('.c')).map((name) => join(GUEST_SOURCES, name)),
    ],
    { signal: options.signal },
  );
  await chmod(join(tree, 'init'), 0o755);
  await mkdir(join(tree, 'modules'));
  const { modules } = kernelFiles(kernel.folder);
  for (const file of kernel.order) await copyFile(join(modules, file), join(tree, 'modules', file));
  await writeFile(join(tree, 'modules', 'order'), kernel.order.map((file) => `${file}\n`).join(''));
  const archive = join(staging.path, 'initrd.cpio');
  await runTool(['cpio', '--create', '--format=newc', '--owner=0:0', '--reproducible', '--quiet'], {
    signal: options.signal,
    cwd: tree,
    input: ['init', 'modules', 'modules/order', ...kernel.order.map((file) => `modules/${file}`)].join('\n'),
    stdoutFile: archive,
  });
  // The VM process reads it as another user.
  await chmod(archive, 0o644);
  await rename(archive, target);
  return target;
}
