const kept = [];
for (;;) {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536 });
  for (let pages = 16; pages < 512; pages += 16) {
    memory.grow(16);
    new Uint8Array(memory.buffer).fill(1, (pages - 16) * 65536);
  }
  kept.push(memory);
}
