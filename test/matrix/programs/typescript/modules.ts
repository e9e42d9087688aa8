import fs, { existsSync, promises as files } from 'node:fs';
import * as path from 'node:path';
import util from 'util';
import type { Stats } from 'fs';

export const answer: number = 42;
export default function main(): string {
  return 'main';
}

async function load(): Promise<void> {
  const os = await import('node:os');
  console.log(typeof os.cpus, os.EOL === os.default.EOL);
  await files.writeFile('other.ts', 'export enum Size { Big = 7 }\nexport const size: Size = Size.Big;\n');
  const other: { size: number } = require('./other');
  console.log(other.size, require('./other.ts') === other, path.basename(require.resolve('./other')));
  await files.writeFile('data.json', '{"a": [1, 2]}');
  console.log(require('./data.json').a as number[]);
  const stats: Stats = fs.statSync('data.json');
  console.log(stats.size, existsSync('nowhere'), util.inspect(new Map([[1, { a: 'b' }]])));
}

console.log(__filename, __dirname, typeof module, typeof exports, require.main === module);
console.log(Object.keys(module.exports as object).sort(), import.meta.url, main());
load().catch((error: Error) => console.log(error.message));
