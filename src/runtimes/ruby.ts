import { readFileSync } from 'node:fs';
import { COMMON_ENVIRONMENT } from './schema.ts';
import type { ImageBase, ImageRecipe, Language } from './schema.ts';

/** Folder in the image of what waits in place of a plain interpreter; toolchain/ruby/ says how. */
const HOME = '/usr/local/lib/tvm/ruby';

function source(name: string): string {
  return readFileSync(new URL(`../../toolchain/ruby/${name}`, import.meta.url), 'utf8');
}

function recipe(version: string, base: ImageBase): ImageRecipe {
  return {
    base,
    files: {
      [`${HOME}/bin/ruby`]: source('wait.sh'),
      [`${HOME}/wait.rb`]: source('wait.rb'),
      // Not empty: ruby would not read the program after it.
      [`${HOME}/stub/main.rb`]: '\n',
    },
    steps: [['chmod', '755', `${HOME}/bin/ruby`]],
    // Bundled gems stay, but for those that make documentation, check types, debug or install.
    remove: [
      'usr/share/{fonts,fonts-lato,javascript,ri,nodejs,X11}',
      'usr/lib/{ruby,*/ruby}/gems/*/gems/{rbs,typeprof,debug,bundler}-*',
      'usr/lib/{ruby,*/ruby}/gems/*/specifications/{rbs,typeprof,debug}-*',
      'usr/lib/*/ruby/gems/*/extensions/*/*/{rbs,debug}-*',
      'usr/lib/ruby/*/bundler',
      'usr/local/lib/ruby/gems/*/{doc,cache}',
      'usr/local/lib/ruby/gems/*/gems/{rbs,typeprof,debug}-*',
      'usr/local/lib/ruby/gems/*/specifications/{rbs,typeprof,debug}-*',
      'usr/local/lib/ruby/gems/*/extensions/*/*/{rbs,debug}-*',
      'usr/local/lib/libruby-static.a',
      'usr/local/include',
      '**/*.a',
    ],
    probe: { command: ['ruby', '--version'], expect: `ruby ${version}.` },
  };
}

function debian(version: string, suite: 'bullseye' | 'bookworm' | 'trixie'): ImageRecipe {
  return recipe(version, { kind: 'debian', suite, packages: ['ruby', 'tzdata'] });
}

export const ruby: Language = {
  id: 'ruby',
  name: 'Ruby',
  aliases: ['rb'],
  extensions: ['.rb'],
  fileName: 'main.rb',
  run: () => ['ruby', 'main.rb'],
  warmUp: 'puts 1\n',
  // Hash seeds are drawn when an interpreter starts: several of them, so that clones differ in theirs (ADR 12).
  waiting: {
    gate: 'main.rb',
    environment: { PATH: `${HOME}/bin:${COMMON_ENVIRONMENT['PATH']}`, RUBYOPT: `-r${HOME}/wait.rb` },
    count: 5,
  },
  limits: { maxMemoryMb: 1024, maxCpuCount: 2, maxTimeoutMs: 30_000 },
  versions: [
    { version: '2.7', image: debian('2.7', 'bullseye') },
    { version: '3.0', image: recipe('3.0', { kind: 'oci', reference: 'docker.io/library/ruby:3.0-slim' }) },
    { version: '3.1', image: debian('3.1', 'bookworm') },
    { version: '3.3', image: debian('3.3', 'trixie') },
  ],
};
