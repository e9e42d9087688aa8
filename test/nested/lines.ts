import { StringDecoder } from 'node:string_decoder';

/** Cuts a stream of bytes into lines, without their ends; carriage returns and colours are taken out. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onLine(plain(line));
  }

  /** Also what had no end yet. */
  end(): void {
    if (this.#rest !== '') this.#onLine(plain(this.#rest));
    this.#rest = '';
  }
}

function plain(line: string): string {
  // oxlint-disable-next-line eslint/no-control-regex -- terminals' control sequences are what it looks for
  return line.replaceAll(/\r|\u001B\[[0-9;?]*[A-Za-z]|\u001Bc/g, '');
}
