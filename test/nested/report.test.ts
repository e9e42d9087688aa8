import { expect, it } from 'vitest';
import { LineSplitter } from './lines.ts';
import { parseReportLine, reportLine } from './report.ts';
import type { ReportMessage } from './report.ts';

const NONCE = '0123456789abcdef';

it('reads the lines that it writes', () => {
  const messages: ReportMessage[] = [
    { kind: 'phase', name: 'booted' },
    { kind: 'test', name: 'a > "b"\n', state: 'failed', ms: 3, message: 'é\nwhy' },
    { kind: 'end', exitCode: 0 },
  ];
  const read: (ReportMessage | undefined)[] = [];
  const lines = new LineSplitter((line) => read.push(parseReportLine(NONCE, line)));
  for (const byte of Buffer.from(messages.map((message) => reportLine(NONCE, message)).join(''))) {
    lines.push(Buffer.from([byte]));
  }
  expect(read).toEqual(messages);
});

it('believes nothing without the nonce of the session', () => {
  const line = reportLine('another', { kind: 'end', exitCode: 0 }).trimEnd();
  expect(parseReportLine(NONCE, line)).toBeUndefined();
  expect(parseReportLine(NONCE, ` ${NONCE} {}`)).toBeUndefined();
  expect(() => parseReportLine(NONCE, `${NONCE} {"kind":"end"}`)).toThrow(/exitCode/);
});

it('takes carriage returns and colours out of lines, and gives the last one without an end', () => {
  const seen: string[] = [];
  const lines = new LineSplitter((line) => seen.push(line));
  lines.push(Buffer.from('\u001B[31mone\u001B[0m\r\ntwo'));
  lines.end();
  lines.end();
  expect(seen).toEqual(['one', 'two']);
});
