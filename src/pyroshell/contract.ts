import { z } from 'zod';

/** What the REST contract allows beside the limits of the languages; `GET /` states it. */
export const REQUEST_LIMITS = {
  /** UTF-8 bytes of `code` and of `stdin`. */
  code_bytes: 1_000_000,
  stdin_bytes: 1_000_000,
  args: 64,
  arg_bytes: 4096,
  /** Bytes of a whole request: JSON escapes can make six bytes of one. */
  body_bytes: 8 * 1024 * 1024,
} as const;

interface TextRule {
  readonly min: number;
  readonly max: number;
  readonly nul?: boolean;
}

/** Fields beside `code` and `language` that mean the same in both dialects. */
const commonFields = {
  language_version: text({ min: 1, max: 64 }).optional(),
  memory_mb: wholeNumber().optional(),
  cpu_count: wholeNumber().optional(),
  stdin: text({ min: 0, max: REQUEST_LIMITS.stdin_bytes, nul: true }).optional(),
  args: argumentList().optional(),
  output_encoding: z.enum(['utf8', 'base64'], messages("'utf8' or 'base64'")).optional(),
};

const programFields = {
  code: text({ min: 1, max: REQUEST_LIMITS.code_bytes }),
  language: text({ min: 1, max: 64 }),
};

/** Body of `POST /api/execute`; `timeout_ms` in ms. */
export const apiExecuteSchema = z.strictObject({
  ...programFields,
  timeout_ms: wholeNumber().optional(),
  ...commonFields,
});

/** Body of `POST /execute`; `timeout` in seconds. */
export const executeSchema = z.strictObject({
  ...programFields,
  timeout: z.number(messages('a number of seconds above 0')).positive('must be above 0 seconds').optional(),
  ...commonFields,
});

export type ApiExecuteBody = z.infer<typeof apiExecuteSchema>;
export type ExecuteBody = z.infer<typeof executeSchema>;
export type OutputEncoding = NonNullable<ApiExecuteBody['output_encoding']>;

/** What to say when a field is missing, null or of another type. */
function messages(what: string) {
  return {
    error: ({ input }: { readonly input?: unknown }): string => {
      if (input === undefined) return `required, ${what}`;
      return input === null ? `must not be null; leave it out or send ${what}` : `must be ${what}`;
    },
  };
}

function wholeNumber() {
  return z.int(messages('an integer')).min(1, 'must be an integer of at least 1');
}

function text(rule: TextRule) {
  const what = `a string of ${rule.min} to ${rule.max.toLocaleString('en-US')} bytes`;
  return z.string(messages(what)).check((context) => {
    const fault = textFault(context.value, rule, what);
    if (fault) context.issues.push({ code: 'custom', input: context.value, message: fault });
  });
}

function textFault(value: string, rule: TextRule, what: string): string | undefined {
  const size = Buffer.byteLength(value);
  if (size < rule.min || size > rule.max) return `must be ${what}, not ${size.toLocaleString('en-US')}`;
  if (!rule.nul && value.includes('\0')) return 'must not hold a NUL character';
  if (!isWellFormed(value)) return 'must be valid Unicode: it holds a surrogate without its pair';
  return undefined;
}

/** The count is checked before any element is looked at: eight megabytes hold four million of them. */
function argumentList() {
  const { args, arg_bytes: max } = REQUEST_LIMITS;
  const what = `an array of at most ${args} strings`;
  return z
    .array(z.unknown(), messages(what))
    .max(args, `must be ${what}`)
    .pipe(z.array(text({ min: 0, max })));
}

/** Node 20 has it, TypeScript's ES2023 library does not know it. */
function isWellFormed(value: string): boolean {
  return (value as string & { isWellFormed(): boolean }).isWellFormed();
}
