import { z } from 'zod';
import { escapeControls } from '../escape.ts';

const fieldsSchema = z.looseObject({
  /** ms since 1970. */
  time: z.number().refine((time) => !Number.isNaN(new Date(time).getTime())),
  level: z.string(),
  component: z.string(),
  msg: z.string().optional(),
});

/** One line of a log file; without `fields` if it is not one of TVM's JSON lines. */
export interface LogLine {
  readonly text: string;
  readonly fields?: z.infer<typeof fieldsSchema>;
}

export function parseLine(text: string): LogLine {
  if (!text.startsWith('{')) return { text };
  try {
    const fields = fieldsSchema.safeParse(JSON.parse(text)).data;
    return fields ? { text, fields } : { text };
  } catch {
    return { text };
  }
}

/**
 * A line for people: `12:34:56.789 INFO  tvm ready port=8080`, in local time. Control characters are escaped: a log must
 * not drive the terminal. A line that is not JSON is shown as it is otherwise.
 */
export function formatLine({ text, fields }: LogLine): string {
  if (!fields) return escapeControls(text);
  const { time, level, component, msg, ...rest } = fields;
  const words = [clock(time), level.toUpperCase().padEnd(5), component.padEnd(5)];
  if (msg !== undefined) words.push(msg);
  for (const [key, value] of Object.entries(rest)) words.push(`${key}=${formatValue(value)}`);
  return escapeControls(words.join(' '));
}

function clock(time: number): string {
  const at = new Date(time);
  const two = (n: number): string => String(n).padStart(2, '0');
  const ms = String(at.getMilliseconds()).padStart(3, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${ms}`;
}

function formatValue(value: unknown): string {
  if (typeof value === 'string' && /^[\w.:/@+-]+$/.test(value)) return value;
  return JSON.stringify(value);
}
