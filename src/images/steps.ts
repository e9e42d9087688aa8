import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, TvmError } from '../errors.ts';
import type { ImageRecipe } from '../runtimes/schema.ts';
import type { BuildOptions } from './build-options.ts';
import { runInTree } from './sandbox.ts';
import { fixTimes } from './tree.ts';

/** Longest time of one step and of the probe, in ms. */
const TIMEOUT_MS = { step: 30 * 60_000, probe: 60_000 } as const;

/** How much of a failed step's output is quoted, from its end, and how much a probe may say, in bytes. */
const QUOTED_BYTES = 4000;
const PROBE_BYTES = 64 * 1024;

/** The longest version that is shown, in characters. */
const VERSION_LENGTH = 200;

/**
 * Runs a recipe's commands in a tree, in order. Before each, everything in the tree gets the same time of change: what one
 * compiles holds the times of what it found.
 * @param scratch folder for what they print
 * @throws TvmError `build_failed` quoting the command that fails
 */
export async function runSteps(
  tree: string,
  steps: readonly (readonly string[])[],
  scratch: string,
  { signal, progress }: BuildOptions,
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    progress(`step ${index + 1} of ${steps.length}: ${shorten(step.join(' '))}`);
    await fixTimes(tree, signal);
    await runStep(tree, step, scratch, signal);
  }
}

async function runStep(
  tree: string,
  step: readonly string[],
  scratch: string,
  signal: AbortSignal,
): Promise<void> {
  const outputFile = join(scratch, 'step.out');
  try {
    await runInTree(tree, step, { signal, writable: true, outputFile, timeoutMs: TIMEOUT_MS.step });
  } catch (error) {
    if (!(error instanceof TvmError) || error.code !== 'build_failed') throw error;
    const output = printable((await endOf(outputFile, QUOTED_BYTES)).trim());
    const message = `the step ${shorten(step.join(' '))} failed: ${error.message}${output && `\n${output}`}`;
    throw new TvmError('build_failed', message, { cause: error });
  }
}

/**
 * Runs the probe in a finished tree, which it cannot change.
 * @param scratch folder for what it prints
 * @returns the first line that it prints
 * @throws TvmError `build_failed` that says what is in the tree when it is not what the recipe expects
 */
export async function probeTree(
  tree: string,
  { base, probe: { command, expect } }: Pick<ImageRecipe, 'base' | 'probe'>,
  scratch: string,
  signal: AbortSignal,
): Promise<string> {
  const outputFile = join(scratch, 'probe.out');
  const failed = await runInTree(tree, command, {
    signal,
    writable: false,
    outputFile,
    timeoutMs: TIMEOUT_MS.probe,
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failed !== undefined && !(failed instanceof TvmError && failed.code === 'build_failed')) throw failed;
  const output = printable((await beginningOf(outputFile, PROBE_BYTES)).trim());
  const [line = ''] = output.split('\n', 1);
  const firstLine = line.trim().slice(0, VERSION_LENGTH);
  if (failed === undefined && output.includes(expect)) return firstLine;
  const name = base.kind === 'oci' ? base.reference : `of Debian ${base.suite}`;
  const found =
    firstLine === '' ? `nothing that answers ${command.join(' ')}` : JSON.stringify(shorten(firstLine));
  const why = failed === undefined ? '' : ` (${shorten(messageOf(failed))})`;
  throw new TvmError('build_failed', `the image ${name} holds ${found}, not ${JSON.stringify(expect)}${why}`);
}

async function beginningOf(path: string, bytes: number): Promise<string> {
  return part(path, () => ({ start: 0, bytes }));
}

async function endOf(path: string, bytes: number): Promise<string> {
  return part(path, (size) => ({ start: Math.max(0, size - bytes), bytes }));
}

/** A part of a file that may be of any size; empty when there is none. */
async function part(
  path: string,
  choose: (size: number) => { readonly start: number; readonly bytes: number },
): Promise<string> {
  await using file = await open(path).catch(() => undefined);
  if (!file) return '';
  const { start, bytes } = choose((await file.stat()).size);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, start);
  return buffer.toString('utf8', 0, bytesRead);
}

/** What an image prints is anybody's, and ends in terminals: lines without other control characters. */
function printable(text: string): string {
  return text.replaceAll(/[^\P{C}\n\t]/gu, '');
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
