import { runTool } from '../../src/sys/process.ts';

/** Makes a file system of a tree, uncompressed: the machine is emulated, and reading is cheaper than decompressing. */
export async function makeErofs(tree: string, image: string, signal: AbortSignal): Promise<void> {
  // Its progress report is a line per file, on stdout.
  await runTool(['mkfs.erofs', '--all-root', image, tree], { signal, stdoutFile: '/dev/null' });
}
