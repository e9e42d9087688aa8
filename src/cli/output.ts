import type { WriteStream } from 'node:tty';
import { errnoOf } from '../errors.ts';
import { escapeControls } from './escape.ts';
import type { Failure } from './failure.ts';

export type Colour = 'red' | 'green' | 'yellow' | 'bold' | 'dim';

const COLOURS: Readonly<Record<Colour, readonly [number, number]>> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  bold: [1, 22],
  dim: [2, 22],
};

/** Where a command prints. Writes settle when the stream took them; once the reader is gone they are dropped. */
export interface Output {
  /** Whether whoever read stdout has gone away. */
  readonly closed: boolean;
  /** Writes exactly these bytes to stdout. */
  write(data: string | Uint8Array): Promise<void>;
  /** Writes exactly these bytes to stderr. */
  writeError(data: string | Uint8Array): Promise<void>;
  /** One line on stdout. */
  line(text?: string): Promise<void>;
  /** One line `tvm: text` on stderr. */
  note(text: string): Promise<void>;
  /** A value as indented JSON on stdout. */
  json(value: unknown): Promise<void>;
  /** Rows in aligned columns on stdout, the first one as heading. */
  table(rows: readonly (readonly Cell[])[]): Promise<void>;
  /** A failure and its remedy on stderr. */
  fail(failure: Failure): Promise<void>;
  /** Colours text if stdout is a terminal that wants colours. */
  paint(colour: Colour, text: string): string;
}

/** A cell of a table, coloured or not. */
export type Cell = string | { readonly text: string; readonly colour: Colour };

export function createOutput(stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream): Output {
  // hasColors knows NO_COLOR, FORCE_COLOR and TERM; a stream that is no terminal does not have it.
  const terminal = stdout as Partial<WriteStream>;
  const colours = terminal.isTTY === true && terminal.hasColors?.() === true;
  const out = writer(stdout);
  const err = writer(stderr);
  const paint = (colour: Colour, text: string): string => {
    const [on, off] = COLOURS[colour];
    return colours ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  };
  return {
    get closed() {
      return out.closed();
    },
    write: out.write,
    writeError: err.write,
    line: async (text = '') => out.write(`${text}\n`),
    note: async (text) => err.write(`tvm: ${text}\n`),
    json: async (value) => out.write(`${JSON.stringify(value, null, 2)}\n`),
    table: async (rows) => out.write(layOut(rows, paint)),
    fail: async ({ message, remedy }) => err.write(`tvm: ${message}\n${remedy ? `${remedy}\n` : ''}`),
    paint,
  };
}

function writer(stream: NodeJS.WritableStream) {
  let closed = false;
  stream.on('error', (error) => {
    if (errnoOf(error) !== 'EPIPE') throw error;
    closed = true;
  });
  return {
    closed: () => closed,
    write: async (data: string | Uint8Array): Promise<void> => {
      if (closed || data.length === 0) return;
      await new Promise<void>((resolve) => stream.write(data, () => resolve()));
    },
  };
}

function layOut(rows: readonly (readonly Cell[])[], paint: Output['paint']): string {
  const plain = (cell: Cell): string => escapeControls(typeof cell === 'string' ? cell : cell.text);
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, plain(cell).length);
  }
  const lines = rows.map((row, at) =>
    row
      .map((cell, i) => {
        const padded = i === row.length - 1 ? plain(cell) : plain(cell).padEnd(widths[i] ?? 0);
        const colour = at === 0 ? 'bold' : typeof cell === 'string' ? undefined : cell.colour;
        return colour ? paint(colour, padded) : padded;
      })
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line) => `${line}\n`).join('');
}
