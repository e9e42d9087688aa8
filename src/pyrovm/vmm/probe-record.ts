import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../../sys/staging.ts';

const resultSchema = z.discriminatedUnion('works', [
  z.strictObject({ works: z.literal(true), bootMs: z.number() }),
  z.strictObject({ works: z.literal(false), reason: z.string() }),
]);

const recordSchema = z.strictObject({
  key: z.string(),
  probes: z.strictObject({
    firecracker: resultSchema.optional(),
    kvm: resultSchema.optional(),
    tcg: resultSchema.optional(),
  }),
});

type Probes = z.infer<typeof recordSchema>['probes'];

/** What earlier probes with this key showed; empty when there is no record, or one of another key. */
export async function readProbeRecord(file: string, key: string): Promise<Probes> {
  try {
    const record = recordSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return record.key === key ? record.probes : {};
  } catch {
    return {};
  }
}

/** Keeps what probes showed, atomically. */
export async function writeProbeRecord(file: string, key: string, probes: Probes): Promise<void> {
  await makeFolder(dirname(file));
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, JSON.stringify({ key, probes }));
  await rename(temporary, file);
}
