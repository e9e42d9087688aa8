import { basename } from 'node:path';

const args: readonly string[] = process.argv.slice(2);
console.log(process.argv.length, basename(process.argv[0]!), basename(process.argv[1]!));
args.forEach((arg: string, i: number): void => console.log(i, JSON.stringify(arg), [...arg].length));
