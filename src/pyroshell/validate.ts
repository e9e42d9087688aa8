import type { z } from 'zod';
import { TvmError } from '../errors.ts';

type Issue = z.core.$ZodIssue;

const MOST_FAULTS = 10;

/**
 * Checks a parsed JSON body against a strict schema.
 * @throws TvmError `malformed_body` when it is no object, `invalid_request` naming each faulty field, joined with "; ".
 */
export function validate<T extends z.ZodObject>(schema: T, body: unknown): z.infer<T> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new TvmError('malformed_body', 'body: must be one JSON object');
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const allowed = Object.keys(schema.shape).join(', ');
  const shown: string[] = [];
  let count = 0;
  for (const issue of parsed.error.issues) {
    shown.push(...describe(issue, allowed, MOST_FAULTS - shown.length));
    count += issue.code === 'unrecognized_keys' ? issue.keys.length : 1;
  }
  if (count > MOST_FAULTS) shown.push(`and ${count - MOST_FAULTS} more`);
  throw new TvmError('invalid_request', shown.join('; '));
}

/** The first `most` faults of an issue: a client can send any number of unknown fields. */
function describe(issue: Issue, allowed: string, most: number): string[] {
  if (most <= 0) return [];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, most).map((key) => `${nameOf(key)}: unknown field; allowed: ${allowed}`);
  }
  return [`${pathOf(issue.path)}: ${issue.message}`];
}

function pathOf(path: Issue['path']): string {
  return path.map((part) => (typeof part === 'number' ? `[${part}]` : String(part))).join('');
}

/** A client's field name, cut and quoted where it is no plain word. */
function nameOf(key: string): string {
  if (/^\w{1,40}$/.test(key)) return key;
  return JSON.stringify(key.length > 40 ? `${key.slice(0, 40)}…` : key);
}
