/** Levels of arrays and objects in a body; the contract needs two. */
export const MOST_NESTED = 4;
/** Brackets, commas and colons of a body, outside strings; the contract needs fewer than 100. */
export const MOST_STRUCTURAL = 1000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * What is wrong with the structure of a body before it is parsed: eight megabytes of brackets or keys would block the
 * process for seconds, in JSON.parse and in whatever looks at its result. One pass over the bytes, at most some 15 ms;
 * whether they are JSON at all is not looked at.
 */
export function shapeFault(bytes: Uint8Array): string | undefined {
  const { length } = bytes;
  let depth = 0;
  let structural = 0;
  for (let at = 0; at < length; at += 1) {
    switch (bytes[at] ?? 0) {
      case QUOTE:
        at = closingQuote(bytes, at);
        continue;
      case 0x7b: // {
      case 0x5b: // [
        depth += 1;
        if (depth > MOST_NESTED) return `must nest arrays and objects at most ${MOST_NESTED} deep`;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        depth -= 1;
        continue;
      case 0x2c: // ,
      case 0x3a: // :
        break;
      default:
        continue;
    }
    structural += 1;
    if (structural > MOST_STRUCTURAL) {
      return `must hold at most ${MOST_STRUCTURAL.toLocaleString('en-US')} of { [ , : outside strings`;
    }
  }
  return undefined;
}

/**
 * The place of the quote that ends the string which begins at `at`, or beyond the end. Byte by byte: a call of indexOf
 * for each quote takes ten times as long where there are many.
 */
function closingQuote(bytes: Uint8Array, at: number): number {
  let next = at + 1;
  while (next < bytes.length && bytes[next] !== QUOTE) next += bytes[next] === BACKSLASH ? 2 : 1;
  return next;
}
