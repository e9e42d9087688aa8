import { describe, expect, it } from 'vitest';
import { python } from './python.ts';

describe.each(python.versions)('Python $version', ({ version, image }) => {
  const library =
    image?.base.kind === 'oci' ? `/usr/local/lib/python${version}` : `/usr/lib/python${version}`;

  it('has its standard library compiled, and runs without a look at its source', () => {
    const step = image?.steps?.at(-1) ?? [];
    expect(step.slice(0, 3)).toEqual(['python3', '-m', 'compileall']);
    expect(step).toContain('unchecked-hash');
    expect(step.at(-1)).toBe(library);
  });

  it('loses nothing but what is below its library', () => {
    for (const glob of image?.remove ?? []) expect(`/${glob}`.startsWith(`${library}/`)).toBe(true);
  });

  it('must prove to be what its name says', () => {
    expect(image?.probe).toEqual({ command: ['python3', '--version'], expect: `Python ${version}.` });
  });
});
