import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import type { FirecrackerDoubleOptions } from './firecracker-api.ts';
import type { JailerDoubleOptions } from './jailer.ts';

const bundles = new Map<string, Promise<string>>();

/**
 * Writes a program `firecracker` that is the double: one file that needs Node alone, for a jail shows it nothing else.
 * @returns its path
 */
export async function writeFirecrackerDouble(
  folder: string,
  options: FirecrackerDoubleOptions,
): Promise<string> {
  const first = `globalThis.firecrackerDouble = ${JSON.stringify(options)};`;
  return writeProgram(folder, 'firecracker', './firecracker-api.ts', first);
}

/** Writes a program `jailer` that is the double of Firecracker's. @returns its path */
export async function writeJailerDouble(folder: string, options: JailerDoubleOptions): Promise<string> {
  return writeProgram(
    folder,
    'jailer',
    './jailer.ts',
    `globalThis.jailerDouble = ${JSON.stringify(options)};`,
  );
}

async function writeProgram(folder: string, name: string, source: string, first: string): Promise<string> {
  const code = bundles.get(source) ?? bundle(source);
  bundles.set(source, code);
  const path = join(folder, name);
  // A jail need not show Node the configuration of OpenSSL.
  const line = `#!${process.execPath} --openssl-config=/dev/null`;
  await writeFile(path, `${line}\n${first}\n${await code}`);
  await chmod(path, 0o755);
  return path;
}

async function bundle(source: string): Promise<string> {
  const input = fileURLToPath(new URL(source, import.meta.url));
  const build = await rolldown({ input, platform: 'node', logLevel: 'silent' });
  // A program without an extension is read as CommonJS.
  const { output } = await build.generate({ format: 'cjs' });
  await build.close();
  return output[0].code;
}
