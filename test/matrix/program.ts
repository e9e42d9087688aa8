import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { EXECUTION_STATUSES } from '../../src/pyrovm/engine/execution.ts';
import { LANGUAGES } from '../../src/runtimes/catalogue.ts';

const PROGRAMS_FOLDER = fileURLToPath(new URL('programs', import.meta.url));

const programSchema = z.strictObject({
  about: z.string(),
  stdin: z.string().default(''),
  args: z.array(z.string()).default([]),
  timeout_ms: z.int().optional(),
  memory_mb: z.int().optional(),
  /** Version to the reason why it cannot run the program. */
  skip: z.record(z.string(), z.string()).default({}),
  expect: z.strictObject({
    status: z.enum(EXECUTION_STATUSES),
    exit_code: z.int().optional(),
    stdout: z.string().optional(),
    stdout_sha256: z.string().optional(),
    stderr_has: z.array(z.string()).default([]),
    /** Parts of what the compiler said. */
    compile_has: z.array(z.string()).default([]),
  }),
});

/** A program of the conformance suite with what it must do. */
export interface MatrixProgram extends z.infer<typeof programSchema> {
  readonly name: string;
  readonly code: string;
}

/** The programs of a language: each a source file beside a JSON file of the same name. @throws for one without the other */
export function programsOf(language: string): MatrixProgram[] {
  const folder = join(PROGRAMS_FOLDER, language);
  const files = readdirSync(folder);
  const names = files.filter((file) => file.endsWith('.json')).map((file) => file.replace(/\.json$/, ''));
  if (files.length !== 2 * names.length) throw new Error(`${folder}: not every source has its JSON file`);
  return names.map((name) => {
    const source = files.find((file) => file.startsWith(`${name}.`) && !file.endsWith('.json'));
    if (!source) throw new Error(`${folder}: ${name} has no source`);
    const program = programSchema.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));
    return { ...program, name, code: readFileSync(join(folder, source), 'utf8') };
  });
}

/** Languages that have programs. */
export function testedLanguages(): string[] {
  const folders = readdirSync(PROGRAMS_FOLDER);
  return LANGUAGES.map(({ id }) => id).filter((id) => folders.includes(id));
}
