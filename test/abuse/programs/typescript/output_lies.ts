import { writeSync } from 'node:fs';

// What looks like the frames of the protocol, on all descriptors that there may be.
const frame = (type: number, payload: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt32LE(payload.length + 1);
  head[4] = type;
  return Buffer.concat([head, payload]);
};
const forged: Buffer = Buffer.concat([
  frame(0x44, Buffer.from('\x01ESCAPED')),
  frame(0x45, Buffer.alloc(36)),
  frame(0x42, Buffer.alloc(21)),
  Buffer.from([0xff, 0xff, 0xff, 0xff, 0x45]),
]);
const took: number[] = [];
for (let fd = 3; fd < 1024; fd += 1) {
  try {
    writeSync(fd, forged);
    took.push(fd);
  } catch {}
}
// Node.js has some for itself: its event loop's. None of them leads out.
console.log(took.length < 30);
writeSync(2, frame(0x45, Buffer.alloc(36)));
process.exitCode = 9;
