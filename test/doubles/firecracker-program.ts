import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import type { FirecrackerDoubleOptions } from './firecracker-api.ts';

let bundled: Promise<string> | undefined;

/**
 * Writes a program `firecracker` that is the double: one file that needs Node alone, for a jail shows it nothing else.
 * @returns its path
 */
export async function writeFirecrackerDouble(
  folder: string,
  options: FirecrackerDoubleOptions,
): Promise<string> {
  bundled ??= bundle();
  const path = join(folder, 'firecracker');
  const first = `globalThis.firecrackerDouble = ${JSON.stringify(options)};`;
  // A jail need not show Node the configuration of OpenSSL.
  const line = `#!${process.execPath} --openssl-config=/dev/null`;
  await writeFile(path, `${line}\n${first}\n${await bundled}`);
  await chmod(path, 0o755);
  return path;
}

async function bundle(): Promise<string> {
  const input = fileURLToPath(new URL('./firecracker-api.ts', import.meta.url));
  const build = await rolldown({ input, platform: 'node', logLevel: 'silent' });
  // A program without an extension is read as CommonJS.
  const { output } = await build.generate({ format: 'cjs' });
  await build.close();
  return output[0].code;
}
