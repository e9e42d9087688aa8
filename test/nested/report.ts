import { z } from 'zod';

/** What the machine reports while its tests run: one line each, the session's nonce and this as JSON. */
const messageSchema = z.discriminatedUnion('kind', [
  /** A step begins. */
  z.strictObject({ kind: z.literal('phase'), name: z.string() }),
  z.strictObject({
    kind: z.literal('test'),
    name: z.string(),
    state: z.enum(['passed', 'failed', 'skipped']),
    ms: z.number(),
    /** What was wrong. */
    message: z.string().optional(),
  }),
  /** All suites have run; the code that their process ended with. */
  z.strictObject({ kind: z.literal('end'), exitCode: z.number() }),
]);

export type ReportMessage = z.infer<typeof messageSchema>;
export type TestMessage = Extract<ReportMessage, { kind: 'test' }>;

/** A line as the machine writes it. */
export function reportLine(nonce: string, message: ReportMessage): string {
  return `${nonce} ${JSON.stringify(message)}\n`;
}

/** What a line of the report says; undefined for a line without this session's nonce, which proves nothing. */
export function parseReportLine(nonce: string, line: string): ReportMessage | undefined {
  if (!line.startsWith(`${nonce} `)) return undefined;
  return messageSchema.parse(JSON.parse(line.slice(nonce.length + 1)));
}
