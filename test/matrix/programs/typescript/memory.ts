interface Block {
  readonly id: number;
  readonly bytes: Uint8Array;
}

const blocks: Block[] = [];
for (let id = 0; id < 24; id++) blocks.push({ id, bytes: new Uint8Array(1 << 20).fill(id + 1) });
let sum = 0;
for (const { bytes } of blocks) for (let i = 0; i < bytes.length; i += 512) sum += bytes[i]!;
console.log(blocks.length, 'MiB', sum);
const nodes: { id: number; name: string; next?: unknown }[] = [];
for (let id = 0; id < 50_000; id++) nodes.push({ id, name: `node ${id}`, next: nodes[id - 1] });
console.log(nodes.length, nodes.at(-1)!.name);
