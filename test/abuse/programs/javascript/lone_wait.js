// A thread that waits for what never comes, and a process that cannot end.
console.log('waiting');
process.stdin.resume();
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
