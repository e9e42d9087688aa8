// Outside of the engine's heap.
const kept = [];
for (;;) kept.push(Buffer.alloc(4 << 20, 1));
