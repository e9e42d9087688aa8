// What turns types into JavaScript works inside the VM, too.
const { transformSync } = require('/usr/local/lib/node_modules/esbuild') as typeof import('node:module') & {
  transformSync: (code: string, options: object) => { code: string };
};
const kept: string[] = [];
for (let depth = 1000; ; depth *= 2) {
  try {
    kept.push(transformSync(`${'('.repeat(depth)}1${')'.repeat(depth)}`, { loader: 'ts' }).code);
  } catch (error) {
    kept.push(String(error));
  }
}
