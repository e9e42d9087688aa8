import { execFileSync, fork } from 'node:child_process';

type Message = { readonly n: number };

if (process.argv[2] === 'child') {
  process.on('message', ({ n }: Message) => {
    process.send!({ n: 2 * n } satisfies Message);
    process.disconnect();
  });
} else {
  console.log(execFileSync('sh', ['-c', 'echo "$0"; exit 0', 'a b']).toString().trim());
  const child = fork(__filename, ['child']);
  child.on('message', (message: Message) => console.log('answer', message.n));
  child.on('exit', (code: number | null) => console.log('child', code));
  child.send({ n: 21 } as Message);
}
