const readline = require('readline');

async function main() {
  let sum = 0;
  const words = new Map();
  for await (const line of readline.createInterface({ input: process.stdin })) {
    for (const word of line.split(/\s+/).filter(Boolean)) {
      if (/^-?\d+$/.test(word)) sum += Number(word);
      else words.set(word.toLowerCase(), (words.get(word.toLowerCase()) ?? 0) + 1);
    }
  }
  console.log('sum', sum);
  for (const [word, times] of [...words].sort(([a], [b]) => (a < b ? -1 : 1))) console.log(word, times);
}
main();
