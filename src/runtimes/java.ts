import { readdirSync, readFileSync } from 'node:fs';
import type {
  Commands,
  DebianSuite,
  ExecutionLimits,
  ImageRecipe,
  Language,
  RuntimeVersion,
} from './schema.ts';

/** Where the image holds what is made of toolchain/java. */
const COMPILER = '/usr/local/lib/tvm/java';

/** Variable that tells the compiler to wait, and to use that time. */
const WAITING = 'TVM_WAITING';

/** Compilation in the JVM by the quick compiler alone: the other one takes longer than most programs run. */
const FIRST_TIER = '-XX:TieredStopAtLevel=1';

/** Of both stages. Other collectors have threads and counters for tools have files, of which nothing here gains. */
const COMMON_FLAGS = ['-XX:+UseSerialGC', '-XX:-UsePerfData', '-XX:-UseContainerSupport'];

/** A JVM that maps the class data archive where it was made to be need not rewrite all pointers in it. */
const FIXED_ARCHIVE = ['-XX:+UnlockDiagnosticVMOptions', '-XX:ArchiveRelocationMode=0'];

/** Time from which a program gains more by the optimising compiler than that costs, in ms. */
const LONG_RUN_MS = 20_000;

/** What a JVM needs beside its heap: class data, compiled code, stacks, and a share for what grows with the heap. */
const BESIDE_HEAP = { mb: 40, share: 0.08 } as const;

const LEAST_HEAP_MB = 8;

/** Memory of the heap, in MB, that leaves enough of a program's memory for OutOfMemoryError to come first. */
export function heapMb(memoryMb: number): number {
  return Math.max(LEAST_HEAP_MB, Math.floor((memoryMb - BESIDE_HEAP.mb) * (1 - BESIDE_HEAP.share)));
}

function runFlags({ memoryMb, timeoutMs, cpuCount }: ExecutionLimits): string[] {
  const short = timeoutMs <= LONG_RUN_MS && cpuCount === 1;
  return [...(short ? [FIRST_TIER] : []), `-Xmx${heapMb(memoryMb)}m`];
}

/** The texts of toolchain/java as files of the image. */
function toolchain(): Record<string, string> {
  const folder = new URL('../../toolchain/java/', import.meta.url);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(?:java|sh)$/.test(name),
  );
  return Object.fromEntries(
    names
      .toSorted()
      .map((name) => [`${COMPILER}/${name}`, readFileSync(new URL(name, folder), 'utf8')] as const),
  );
}

function image(version: string, suite: DebianSuite): ImageRecipe {
  return {
    base: { kind: 'debian', suite, packages: [`openjdk-${version}-jdk-headless`, 'tzdata'] },
    files: toolchain(),
    steps: [['sh', `${COMPILER}/prepare.sh`]],
    remove: [
      `${COMPILER.slice(1)}/{prepare.sh,*.java}`,
      // What makes other JDKs and native code, and archives for JVMs with other headers.
      'usr/lib/jvm/*/{jmods,man,include,legal,docs,demo}',
      'usr/lib/jvm/*/lib/{ct.sym,src.zip,server/classes_*.jsa}',
    ],
    probe: { command: ['java', '-version'], expect: `openjdk version "${version}.` },
  };
}

function version(
  version: string,
  suite: DebianSuite,
  flags: readonly string[] = [],
): RuntimeVersion & Pick<Commands, 'run'> {
  const common = ['java', ...COMMON_FLAGS, ...flags];
  return {
    version,
    image: image(version, suite),
    compile: {
      command: [...common, FIRST_TIER, '-Xmx128m', '-cp', COMPILER, 'ResidentCompiler'],
      limits: { timeoutMs: 30_000, memoryMb: 256 },
    },
    // The compiler writes the name of the main class there, for it may have a package.
    run: (limits) => [...common, ...runFlags(limits), '-cp', '.', '@.tvm-launch'],
  };
}

const latest = version('25', 'trixie', FIXED_ARCHIVE);

export const java: Language = {
  id: 'java',
  name: 'Java',
  aliases: [],
  extensions: ['.java'],
  fileName: 'Main.java',
  run: latest.run,
  warmUp: `public class Main {
  public static void main(String[] args) {
    System.out.println(1);
  }
}
`,
  waiting: { gate: 'Main.java', environment: { [WAITING]: '1' }, count: 2 },
  limits: { maxMemoryMb: 2048, maxCpuCount: 4, maxTimeoutMs: 60_000 },
  versions: [
    version('11', 'bullseye'),
    version('17', 'bookworm', FIXED_ARCHIVE),
    version('21', 'trixie', FIXED_ARCHIVE),
    latest,
  ],
};
