/** What a user may call a runtime of their own; behind the version and a dash it is the version of that runtime. */
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;

/** What {@link isLabel} admits, in words. */
export const LABEL_RULE = '1 to 32 lower-case letters, digits and dashes, no dash at either end';

export function isLabel(text: string): boolean {
  return LABEL.test(text);
}

/**
 * Takes `3.11-numpy` or `python@3.11-numpy` apart: no version of the catalogue has a dash.
 * @returns undefined for one that is not a user's own
 */
export function splitCustom<Text extends string>(
  text: Text,
): { readonly base: Text; readonly label: string } | undefined {
  const dash = text.indexOf('-');
  const label = text.slice(dash + 1);
  return dash > 0 && isLabel(label) ? { base: text.slice(0, dash) as Text, label } : undefined;
}
