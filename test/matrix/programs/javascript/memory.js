const blocks = [];
for (let i = 0; i < 40; i++) blocks.push(Buffer.alloc(1 << 20, i + 1));
let sum = 0;
for (const block of blocks) for (let j = 0; j < block.length; j += 512) sum += block[j];
console.log(blocks.length, 'MiB', sum);
blocks.length = 0;
const objects = [];
for (let i = 0; i < 100_000; i++) objects.push({ id: i, name: `object ${i}`, next: objects[i - 1] });
console.log(objects.length, objects[99_999].next.name);
