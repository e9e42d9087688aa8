// Control characters, the line separators and the marks that reorder text: what could drive a terminal or lie on it.
const UNSAFE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Makes text from elsewhere safe to print on one line of a terminal: all but tabs become `\u001b` and the like. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, (c) =>
    c === '\t' ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
