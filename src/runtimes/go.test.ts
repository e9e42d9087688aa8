import { describe, expect, it } from 'vitest';
import { go } from './go.ts';

const commands = go.versions.map(({ version, image, compile }) => {
  const [driver = '', ...settings] = (compile ?? go.compile)?.command ?? [];
  return { version, image, driver, home: driver.replace(/\/build$/, ''), settings };
});

describe.each(commands)('Go $version', ({ version, image, driver, home, settings }) => {
  it('is compiled by the driver that its image makes', () => {
    const files = image?.files ?? {};
    expect(files[`${home}/build.sh`]).toContain(`home=${home}\n`);
    expect(files[`${home}/build.sh`]).toContain('-o "$home/build" "$home/driver.go"');
    expect(files[`${home}/driver.go`]).toContain(`= "${home}/"\n`);
    expect(files[`${home}/driver.go`]).toContain(`= "./${go.fileName}"\n`);
    expect(files[`${home}/preload.go`]).toContain('func preload(ctxt *Link) int');
    expect(driver).toBe(`${home}/build`);
  });

  it('leaves no sources behind, and no Go but that one', () => {
    expect(image?.remove?.[0]).toBe(`${home.slice(1)}/{build.sh,driver.go,preload.go}`);
    expect(image?.steps?.[0]?.slice(0, 2)).toEqual(['sh', `${home}/build.sh`]);
    const goroot = image?.steps?.[0]?.[2];
    expect(goroot).toBe(image?.base.kind === 'oci' ? '/usr/local/go' : `/usr/lib/go-${version}`);
  });

  it('bounds the memory of the compiler in a way that this version knows', () => {
    const minor = Number(version.split('.')[1]);
    expect(settings.includes('GOGC=off')).toBe(minor >= 19);
    expect(settings.some((setting) => setting.startsWith('GOMEMLIMIT='))).toBe(minor >= 19);
    const mebibytes = Number(/GOMEMLIMIT=(\d+)MiB/.exec(settings.join())?.[1] ?? 0);
    // Two such processes are there at a time, and their files count, too.
    expect(mebibytes).toBeLessThan((go.compile?.limits.memoryMb ?? 0) * 0.6);
  });
});
