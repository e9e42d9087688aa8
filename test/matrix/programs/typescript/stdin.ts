import * as readline from 'readline';

type Counts = Map<string, number>;

async function read(): Promise<{ sum: number; words: Counts }> {
  let sum = 0;
  const words: Counts = new Map();
  for await (const line of readline.createInterface({ input: process.stdin })) {
    for (const word of line.split(/\s+/).filter(Boolean)) {
      if (/^-?\d+$/.test(word)) sum += Number(word);
      else words.set(word.toLowerCase(), (words.get(word.toLowerCase()) ?? 0) + 1);
    }
  }
  return { sum, words };
}

read().then(({ sum, words }) => {
  console.log('sum', sum);
  for (const [word, times] of [...words].sort(([a], [b]) => (a < b ? -1 : 1))) console.log(word, times);
});
