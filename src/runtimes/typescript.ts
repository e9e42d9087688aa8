import { readFileSync } from 'node:fs';
import { nodeImage } from './node-image.ts';
import { nodeWait, NODE_GATE, NODE_WAIT_FILE } from './node-wait.ts';
import type { ImageRecipe, Language, NpmPart } from './schema.ts';

const MODULES = '/usr/local/lib/node_modules';

/**
 * The hook of tsx for `require`, which loads the entry, too, as nothing says that it is a module: `tsx main.ts` does the
 * same, with a process and a thread more. Against that, `process.execArgv` is shorter, and only `require` finds other
 * TypeScript files, so not `import()` of one. A top-level await is refused by both.
 */
const HOOK = `${MODULES}/tsx/dist/cjs/index.cjs`;

/** tsx with what it depends on. */
const TSX: readonly NpmPart[] = [
  {
    package: 'tsx',
    version: '4.23.15',
    integrity:
      'sha512-Yiex1Ovn8z2xPpOWckIiysV1SSyRMY9BkLF++q0yKiDxCqRhosKfMg3janKkiLBwZ5c/YryloKwGZcrEmtwxKw==',
    from: '.',
    to: `${MODULES}/tsx`,
  },
  {
    package: 'esbuild',
    version: '0.28.2',
    integrity:
      'sha512-HKVLS8dvII+xoKW9kmqxbRKrnWEXfJJr/FZhhJmiqIB0e053QNYFqOBouTMO/k5sID4MvCiUCvv8b9M4h32wIA==',
    from: '.',
    to: `${MODULES}/esbuild`,
  },
  {
    package: '@esbuild/linux-x64',
    version: '0.28.2',
    integrity:
      'sha512-4xTZr1FUmSoQW4XIWmit3tzQrUTZM+N3P0XV8xROKYF50XfI7xeO90+1bZvNwxIufQ9hDQVRJH5YhgPVF8A/HQ==',
    from: '.',
    to: `${MODULES}/@esbuild/linux-x64`,
  },
];

/** A text of toolchain/typescript. */
function text(name: string): string {
  return readFileSync(new URL(`../../toolchain/typescript/${name}`, import.meta.url), 'utf8');
}

function tsx(line: Parameters<typeof nodeImage>[0]): ImageRecipe {
  const node = nodeImage(line, nodeWait(text('prelude.cjs')));
  return {
    ...node,
    npm: [...(node.npm ?? []), ...TSX],
    files: { ...node.files, '/usr/local/lib/tvm/sample.ts': text('sample.ts') },
    steps: [
      // An error in a program's syntax surfaces in these files, and Node.js prints the line that threw it: all the code,
      // if that is one line.
      [
        'sh',
        '-c',
        `cd ${MODULES} && for file in tsx/dist/register-*.cjs; do
          @esbuild/linux-x64/bin/esbuild "$file" --outfile="$file" --allow-overwrite --log-level=error
        done`,
      ],
    ],
    probe: { command: ['node', `${MODULES}/tsx/dist/cli.mjs`, '--version'], expect: 'tsx v4.23.15' },
  };
}

export const typescript: Language = {
  id: 'typescript',
  name: 'TypeScript',
  aliases: ['ts'],
  extensions: ['.ts'],
  fileName: 'main.ts',
  run: () => ['node', '--require', HOOK, 'main.ts'],
  warmUp: 'const one: number = 1;\nconsole.log(one);\n',
  waiting: { gate: NODE_GATE, environment: { NODE_OPTIONS: `--require=${NODE_WAIT_FILE}` }, count: 2 },
  // What is transformed for one run would never be read again.
  environment: { TSX_DISABLE_CACHE: '1' },
  limits: { maxMemoryMb: 1536, maxCpuCount: 4, maxTimeoutMs: 30_000 },
  versions: [
    { version: '18', image: tsx(18) },
    { version: '20', image: tsx(20) },
    { version: '22', image: tsx(22) },
    { version: '24', image: tsx(24) },
  ],
};
