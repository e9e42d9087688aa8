import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { EXECUTION_STATUSES } from '../../src/pyrovm/engine/execution.ts';

const PROGRAMS_FOLDER = fileURLToPath(new URL('programs', import.meta.url));

/** What a program attacks. */
const KINDS = [
  'memory',
  'processes',
  'files',
  'output',
  'signals',
  'kernel',
  'devices',
  'sockets',
  'mounts',
  'time',
  'frames',
  'compiler',
  'other',
] as const;

const statusSchema = z.enum(EXECUTION_STATUSES);

const parts = z.array(z.string()).default([]);

const programSchema = z.strictObject({
  /** What it attacks; if several statuses are right, why. */
  about: z.string(),
  kind: z.enum(KINDS).default('other'),
  stdin: z.string().default(''),
  args: z.array(z.string()).default([]),
  timeout_ms: z.int().default(3000),
  memory_mb: z.int().optional(),
  expect: z.strictObject({
    status: z.union([statusSchema.transform((one) => [one]), z.array(statusSchema).min(1)]),
    exit_code: z.int().optional(),
    stdout: z.string().optional(),
    stdout_has: parts,
    stderr_has: parts,
    /** Parts of what the compiler said. */
    compile_has: parts,
    /** What it would print if the attack had worked. */
    stdout_lacks: parts,
  }),
});

/** A hostile program with how it must end. */
export interface HostileProgram extends z.infer<typeof programSchema> {
  readonly name: string;
  readonly code: string;
}

/** The programs of a language, none if it has no folder. @throws for a source without its JSON file, or one without source */
export function hostileProgramsOf(language: string): HostileProgram[] {
  if (!readdirSync(PROGRAMS_FOLDER).includes(language)) return [];
  const folder = join(PROGRAMS_FOLDER, language);
  const files = readdirSync(folder).sort();
  const sources = files.filter((file) => !file.endsWith('.json'));
  if (files.length !== 2 * sources.length) throw new Error(`${folder}: sources and JSON files do not pair`);
  return sources.map((source) => {
    const name = source.replace(/\.[^.]*$/, '');
    const expectation: unknown = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    return { ...programSchema.parse(expectation), name, code: readFileSync(join(folder, source), 'utf8') };
  });
}
