import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExecutionResult } from '../../src/pyrovm/engine/execution.ts';
import type { MachineOrigin } from '../../src/pyrovm/pool/supply.ts';
import { startOrigins } from '../support/origins.ts';
import type { Origins } from '../support/origins.ts';
import { temporaryFolder } from '../support/real-host.ts';
import { isFull, sizeOf } from '../support/size.ts';
import { Turns } from '../support/turns.ts';

const CORPUS = new URL('../fixtures/fidelity/', import.meta.url);
const LANGUAGES = { python: '.py', javascript: '.js' } as const;

/** Where programs may see that their interpreter waited, and why that is accepted. What it matches is not compared. */
const ACCEPTED: Readonly<Record<string, { readonly reason: string; readonly hides: RegExp }>> = {
  'python/process': {
    reason: 'Debian’s kernel numbers sessions, of which a template has several',
    hides: /(?<=^autogroup \/autogroup-)\d+/m,
  },
  'javascript/process': {
    reason: 'the kernel shows the environment of exec; what asks for the preload is gone from process.env',
    hides: /^ *'NODE_OPTIONS=--require=[^']*',\n/m,
  },
  'javascript/worker-clock': {
    reason: 'the time origin of a worker thread is that of the process, which began before the clock was set',
    hides: /(?<=^near )\w+$/m,
  },
};

const ORIGINS: readonly MachineOrigin[] = sizeOf(
  'fidelity: compared with booted machines, those',
  ['pooled'],
  ['pooled', 'restored'],
);

// Booting takes a CPU.
const turns = new Turns(2);
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let origins: Origins;

beforeAll(async () => {
  folder = await temporaryFolder();
  origins = await startOrigins(folder.path, Object.keys(LANGUAGES));
}, 240_000);

afterAll(async () => {
  await origins?.[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** All that a client can tell about a program's run; latin-1 keeps bytes apart that are no UTF-8. */
function seen(result: ExecutionResult, hides: RegExp | undefined): string {
  const { status, exitCode, signal, stdout, stderr, stdoutTruncated, stderrTruncated } = result;
  const text = [
    `status ${status}, exit code ${exitCode}, signal ${signal}, truncated ${stdoutTruncated} ${stderrTruncated}`,
    `-- stdout\n${stdout.toString('latin1')}`,
    `-- stderr\n${stderr.toString('latin1')}`,
  ].join('\n');
  return hides ? text.replace(hides, '') : text;
}

/** The lines in which two texts differ, the first ones. */
function differences(plain: string, waited: string): string {
  const [a, b] = [plain.split('\n'), waited.split('\n')];
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => [i + 1, a[i], b[i]] as const)
    .filter(([, one, other]) => one !== other)
    .slice(0, 10)
    .map(([line, one, other]) => `line ${line}\n  plain:  ${String(one)}\n  waited: ${String(other)}`)
    .join('\n');
}

describe.concurrent.each(Object.entries(LANGUAGES))(
  'an interpreter of %s that waited',
  (language, extension) => {
    const corpus = new URL(`${language}/`, CORPUS);
    const names = readdirSync(corpus)
      .filter((file) => file.endsWith(extension))
      .map((file) => file.slice(0, -extension.length));

    it.each(names)('is a plain one to the program %s', { timeout: 400_000 }, async (name) => {
      const input = new URL(`${name}.stdin`, corpus);
      const program = {
        language,
        code: readFileSync(new URL(name + extension, corpus), 'utf8'),
        stdin: existsSync(input) ? readFileSync(input) : undefined,
        limits: { timeoutMs: 30_000 },
      };
      const { hides } = ACCEPTED[`${language}/${name}`] ?? {};
      await turns.take(async () => {
        const plain = seen(await origins.run('booted', program), hides);
        for (const origin of ORIGINS) {
          const waited = seen(await origins.run(origin, program), hides);
          const report = differences(plain, waited);
          expect(report, `${language}/${name}${extension}, ${origin}, differs:\n${report}`).toBe('');
        }
      });
    });
  },
);

describe('the corpus', () => {
  it('has what it must, and every accepted difference belongs to a program', () => {
    for (const [language, extension] of Object.entries(LANGUAGES)) {
      const files = readdirSync(new URL(`${language}/`, CORPUS));
      expect(files.filter((file) => file.endsWith(extension)).length).toBeGreaterThanOrEqual(30);
    }
    for (const program of Object.keys(ACCEPTED)) {
      const extension = LANGUAGES[program.startsWith('python/') ? 'python' : 'javascript'];
      expect(existsSync(new URL(program + extension, CORPUS)), `${program} exists`).toBe(true);
    }
    expect(ORIGINS.includes('restored')).toBe(isFull);
  });
});
