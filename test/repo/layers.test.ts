import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/**
 * The layers, lowest first. A file may import its own layer and those below. The first pattern that matches a file's
 * path below src/ decides its layer.
 */
const LAYERS: readonly (readonly [string, RegExp])[] = [
  ['errors', /^(errors|version)\.ts$/],
  ['sys', /^sys\//],
  ['config', /^config\//],
  ['observability', /^observability\//],
  ['runtimes', /^runtimes\//],
  ['images', /^images\//],
  ['guest protocol', /^pyrovm\/agent\//],
  ['instance', /^pyrovm\/instance\.ts$/],
  ['vmm', /^pyrovm\/vmm\//],
  ['template', /^pyrovm\/template\//],
  ['machine', /^pyrovm\/machine\//],
  ['pool', /^pyrovm\/pool\//],
  ['engine', /^pyrovm\/engine\//],
  ['embedded', /^pyrovm\/embedded\.ts$/],
  ['pyroshell', /^pyroshell\//],
  ['composition', /^(main|doctor)\.ts$/],
  ['benchmark', /^bench\//],
  ['cli', /^cli\//],
];

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('/fixtures/'))
  .sort();

function layerOf(file: string): number {
  return LAYERS.findIndex(([, pattern]) => pattern.test(file));
}

/** Paths below src/ of what a source imports, types included. */
function importsOf(file: string, source: string): string[] {
  return [...source.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, specifier = '']) =>
    relative(SRC, resolve(dirname(join(SRC, file)), specifier)),
  );
}

function upwardImports(file: string, source: string): string[] {
  return importsOf(file, source).filter((target) => layerOf(target) > layerOf(file));
}

describe('the layers', () => {
  it('hold every source file', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((file) => layerOf(file) < 0)).toEqual([]);
  });

  it.each(files)('%s imports nothing above it', (file) => {
    expect(upwardImports(file, readFileSync(join(SRC, file), 'utf8'))).toEqual([]);
  });

  it('would notice an upward import', () => {
    expect(upwardImports('sys/hash.ts', "import { Engine } from '../pyrovm/engine/engine.ts';")).toEqual([
      'pyrovm/engine/engine.ts',
    ]);
  });

  const only = (pattern: RegExp, allowed: readonly string[]): string[] =>
    files.filter((file) => pattern.test(readFileSync(join(SRC, file), 'utf8')) && !allowed.includes(file));

  it('let only sys/ start processes', () => {
    expect(only(/node:child_process/, ['sys/process.ts', 'sys/daemonize.ts'])).toEqual([]);
  });

  it('let only config/load.ts read settings from the environment', () => {
    // sys/process.ts and sys/daemonize.ts hand the environment on to children; node-wait.ts is a program of the guest.
    const allowed = ['config/load.ts', 'sys/process.ts', 'sys/daemonize.ts', 'runtimes/node-wait.ts'];
    expect(only(/process\.env\b/, allowed)).toEqual([]);
  });

  it('let engine code know no driver by name', () => {
    const engine = files.filter((file) => file.startsWith('pyrovm/engine/'));
    const knowing = engine.filter((file) =>
      /vmm\/qemu|vmm\/firecracker/.test(readFileSync(join(SRC, file), 'utf8')),
    );
    expect(knowing).toEqual([]);
  });
});
