/** Remainders by it fit into the numbers of every language. */
const MODULUS = 1_000_003;

/** What an innocent program answers to a number from 0 to 99999: the sum of the first 20000 remainders of its multiples. */
export function innocentAnswer(number: number): string {
  let sum = 0;
  for (let i = 1; i <= 20_000; i += 1) sum += (number * i) % MODULUS;
  return `${sum}\n`;
}

const node = `const fs = require('fs');
const number = Number(fs.readFileSync(0, 'utf8'));
let sum = 0;
for (let i = 1; i <= 20000; i += 1) sum += (number * i) % ${MODULUS};
fs.writeFileSync('/tmp/answer', String(sum));
setTimeout(() => console.log(fs.readFileSync('/tmp/answer', 'utf8')), 300);
`;

/** By language: read a number, calculate, keep the answer in a file for a while, and print it. */
export const INNOCENTS: Readonly<Record<string, string>> = {
  python: `import time
number = int(input())
open('/tmp/answer', 'w').write(str(sum(number * i % ${MODULUS} for i in range(1, 20001))))
time.sleep(0.3)
print(open('/tmp/answer').read())
`,
  javascript: node,
  typescript: `export {};\n${node.replace('number =', 'number: number =')}`,
  ruby: `number = gets.to_i
File.write('/tmp/answer', (1..20000).sum { |i| number * i % ${MODULUS} })
sleep 0.3
puts File.read('/tmp/answer')
`,
  bash: `read -r number
sum=0
for ((i = 1; i <= 20000; i++)); do ((sum += number * i % ${MODULUS})); done
echo "$sum" >/tmp/answer
sleep 0.3
cat /tmp/answer
`,
  c: `#include <stdio.h>
#include <unistd.h>

int main(void) {
  long number, sum = 0, answer = 0;
  if (scanf("%ld", &number) != 1) return 1;
  for (long i = 1; i <= 20000; i++) sum += number * i % ${MODULUS};
  FILE *file = fopen("/tmp/answer", "w+");
  if (!file) return 1;
  fprintf(file, "%ld", sum);
  usleep(300000);
  rewind(file);
  if (fscanf(file, "%ld", &answer) != 1) return 1;
  printf("%ld\\n", answer);
  return 0;
}
`,
};
