const { execFileSync, fork, spawn, spawnSync } = require('child_process');

if (process.argv[2] === 'child') {
  process.on('message', ({ n }) => {
    process.send({ twice: 2 * n, options: process.execArgv });
    process.disconnect();
  });
} else {
  console.log(execFileSync('sh', ['-c', 'echo $0 "$1"; pwd', 'a', 'b c']).toString());
  const failed = spawnSync('sh', ['-c', 'cat; echo oops >&2; exit 3'], { input: 'in' });
  console.log(failed.status, failed.stdout.toString(), failed.stderr.toString().trim());
  console.log(spawnSync('no-such-program').error.code);
  const cat = spawn('tr', ['a-z', 'A-Z']);
  cat.stdout.on('data', (data) => console.log(String(data)));
  cat.on('close', (code, signal) => {
    console.log('closed', code, signal);
    const sleeper = spawn('sleep', ['60']);
    sleeper.on('exit', (status, by) => console.log('ended', status, by));
    sleeper.kill();
    const child = fork(__filename, ['child']);
    child.on('message', (message) => console.log(message));
    child.on('exit', (status) => console.log('child', status));
    child.send({ n: 21 });
  });
  cat.stdin.end('upper');
}
