// Asynchronous writes that nobody waits for pile up in the process, beyond the pipe.
const chunk = Buffer.alloc(1 << 16, 0x2e);
const flood = () => {
  for (let i = 0; i < 8; i += 1) {
    process.stdout.write(chunk);
    process.stderr.write(chunk);
  }
  setImmediate(flood);
};
flood();
