import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { AGENT_FLAGS } from '../../src/images/initrd.ts';
import { findProgram, runTool } from '../../src/sys/process.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GUEST = join(ROOT, 'guest');

/** Debian's packages gcc-aarch64-linux-gnu and libc6-dev-arm64-cross. */
const CROSS_COMPILER = 'aarch64-linux-gnu-gcc';
/** Debian's package qemu-user-static. */
const EMULATOR = 'qemu-aarch64-static';

const compiler = await findProgram(CROSS_COMPILER);
const emulator = await findProgram(EMULATOR);
if (!compiler)
  process.stderr.write(`the agent for arm64 is not tested here: there is no ${CROSS_COMPILER}\n`);
else if (!emulator)
  process.stderr.write(`the agent's codec for arm64 is not tested here: there is no ${EMULATOR}\n`);

const folder = mkdtempSync(join(tmpdir(), 'tvm-portability-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function compile(name: string, sources: readonly string[]): Promise<string> {
  const target = join(folder, name);
  await runTool(
    [compiler ?? CROSS_COMPILER, ...AGENT_FLAGS, '-DTVM_AGENT_BUILD="test"', '-o', target, ...sources],
    { cwd: GUEST },
  );
  return target;
}

describe('on arm64', () => {
  it.runIf(compiler)(
    'the agent compiles without a warning',
    async () => {
      const sources = readdirSync(GUEST).filter((name) => name.endsWith('.c'));
      const agent = readFileSync(await compile('agent', sources));
      const EM_AARCH64 = 183;
      expect(agent.toString('latin1', 0, 4)).toBe('\u007fELF');
      expect(agent.readUInt16LE(18)).toBe(EM_AARCH64);
    },
    120_000,
  );

  it.runIf(compiler && emulator)(
    "the agent's codec passes the vectors of the protocol",
    async () => {
      const vectors = await compile('vectors', ['test/vectors.c', 'frame.c', 'message.c']);
      const printed = await runTool([emulator ?? EMULATOR, vectors, join(ROOT, 'protocol', 'gen-2.vectors')]);
      expect(printed).toMatch(/^[1-9]\d* passed, 0 failed$/m);
    },
    120_000,
  );
});

/** What only one processor architecture has. */
const FOREIGN =
  /x86[-_]64|amd64|aarch64|arm64|'x64'|process\.arch\b|ttyS0|ttyAMA0|\bq35\b|\bbzImage'|crc32c-intel|acpi_pm|\btsc=/;

/** Where that may be: the table, what is stored under both names, and texts that show or compare the name alone. */
const ALLOWED = new Set([
  'src/images/architecture.ts',
  'src/images/kernel-build.ts',
  'src/images/kernel-config.ts',
  'src/images/kernel.ts',
  'src/pyrovm/vmm/firecracker/release.ts',
  'src/pyrovm/vmm/firecracker/repair.ts',
  'src/sys/paths.ts',
]);

describe('the sources of the host', () => {
  const code = (text: string): string =>
    text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '');
  const files = ['src/images', 'src/pyrovm', 'src/sys']
    .flatMap((top) =>
      readdirSync(join(ROOT, top), { recursive: true, encoding: 'utf8' }).map((name) => join(top, name)),
    )
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !ALLOWED.has(name));

  it.each(files)('%s depends on no processor architecture', (file) => {
    const lines = code(readFileSync(join(ROOT, file), 'utf8')).split('\n');
    expect(lines.filter((line) => FOREIGN.test(line))).toEqual([]);
  });
});
