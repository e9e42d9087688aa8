import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, TvmError } from '../errors.ts';
import type { ImageRecipe } from '../runtimes/schema.ts';
import type { BuildOptions } from './build-options.ts';
import { runInTree } from './sandbox.ts';
import { fixTimes } from './tree.ts';

/** Longest time of one step and of the probe, in ms. */
const TIMEOUT_MS = { step: 30 * 60_000, probe: 60_000 } as const;

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
    const output = (await readFile(outputFile, 'utf8').catch(() => '')).trim();
    const message = `the step ${shorten(step.join(' '))} failed: ${error.message}${output && `\n${output.slice(-4000)}`}`;
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
  const output = (await readFile(outputFile, 'utf8').catch(() => '')).trim();
  const firstLine = output.split('\n')[0]?.trim() ?? '';
  if (failed === undefined && output.includes(expect)) return firstLine;
  const name = base.kind === 'oci' ? base.reference : `of Debian ${base.suite}`;
  const found =
    firstLine === '' ? `nothing that answers ${command.join(' ')}` : JSON.stringify(shorten(firstLine));
  const why = failed === undefined ? '' : ` (${shorten(messageOf(failed))})`;
  throw new TvmError('build_failed', `the image ${name} holds ${found}, not ${JSON.stringify(expect)}${why}`);
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
