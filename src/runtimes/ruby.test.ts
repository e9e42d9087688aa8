import { describe, expect, it } from 'vitest';
import { ruby } from './ruby.ts';
import { COMMON_ENVIRONMENT, WORKSPACE } from './schema.ts';

const recipes = ruby.versions.map(({ version, image }) => [version, image] as const);
const environment = { ...COMMON_ENVIRONMENT, ...ruby.waiting?.environment };

describe.each(recipes)('a Ruby %s that waits', (_, image) => {
  const files = image?.files ?? {};
  const [folder = '', ...path] = (environment['PATH'] ?? '').split(':');
  const preloaded = environment['RUBYOPT']?.replace('-r', '') ?? '';

  it('is started by the wrapper, which then takes the path of every program', () => {
    expect(ruby.run({ timeoutMs: 1, memoryMb: 1, cpuCount: 1 })[0]).toBe('ruby');
    const wrapper = files[`${folder}/ruby`];
    expect(wrapper).toContain(`\nPATH=${path.join(':')}\n`);
    expect(path.join(':')).toBe(COMMON_ENVIRONMENT['PATH']);
    expect(image?.steps).toContainEqual(['chmod', '755', `${folder}/ruby`]);
  });

  it('reads another script first, of the same name and not empty', () => {
    const stub = /^cd (\S+)/m.exec(files[`${folder}/ruby`] ?? '')?.[1];
    expect(files[`${String(stub)}/${ruby.fileName}`]).toBe('\n');
  });

  it('then goes to its workspace, its gate and the environment of every program, and hides itself', () => {
    const text = files[preloaded] ?? '';
    expect(text).toContain(`Dir.chdir('${WORKSPACE}')`);
    expect(text).toContain(`reopen('${ruby.waiting?.gate}')`);
    expect(text).toContain(`$LOADED_FEATURES.delete('${preloaded}')`);
    const names = Object.keys(COMMON_ENVIRONMENT).map((name) => `'${name}'`);
    expect(text).toContain(`ENV.slice(${names.join(', ')})`);
  });
});
