import { readFileSync, writeFileSync } from 'fs';

interface Gruß {
  readonly größe: string;
}

const grüße: Gruß = { größe: 'Grüße, 世界 👋🏽' };
console.log(grüße.größe, grüße.größe.length, [...grüße.größe].length, Buffer.byteLength(grüße.größe));
console.log([...'añb😀'].reverse().join(''), 'straße'.toUpperCase(), /\p{Script=Greek}+/u.exec('abc αβγ')![0]);
writeFileSync('naïve-文件.txt', 'ключ=значение\n');
process.stdout.write(readFileSync('naïve-文件.txt', 'utf8'));
console.log(readFileSync(0, 'utf8').trim(), process.argv[2], process.argv[2]?.length);
console.error('Fehler: äöü ∑');
