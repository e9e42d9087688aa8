import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = join(folder, entry.name);
    return entry.isDirectory() ? walk(name) : [name];
  });
}

async function main(): Promise<void> {
  mkdirSync('data/inner', { recursive: true });
  writeFileSync('data/a.txt', 'line 1\n');
  appendFileSync('data/a.txt', 'line 2\n');
  writeFileSync('data/inner/b.json', JSON.stringify({ a: [1, null] }));
  console.log(walk('data').sort(), statSync('data/a.txt').size);
  const { a } = JSON.parse(readFileSync('data/inner/b.json', 'utf8')) as { a: (number | null)[] };
  console.log(a, (await readFile('data/a.txt', 'utf8')).trim().split('\n').at(-1));
  await readFile('missing').catch((error: NodeJS.ErrnoException) => console.log(error.code));
  console.log(dirname(mkdtempSync(join(tmpdir(), 't-'))), process.cwd(), homedir());
  rmSync('data', { recursive: true });
  console.log(existsSync('data'), readdirSync('.'), readdirSync(tmpdir()).length);
}

void main();
