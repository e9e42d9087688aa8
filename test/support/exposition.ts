export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly help: string;
  readonly type: string;
  readonly samples: Sample[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const HELP = new RegExp(`^# HELP (${NAME}) (.+)$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`);
const LABEL = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\[\\"n])*"`;
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (\\S+)$`);
// A parser of Go's kind, as Prometheus has it, takes any case; prom-client writes `Nan`.
const NUMBER = /^(?:[-+]?Inf|NaN|Nan|[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)$/;

/**
 * Reads Prometheus' text format more strictly than Prometheus: each family has HELP, TYPE and its samples in one
 * piece, no sample is there twice, and histograms add up. @throws Error that quotes the line at fault
 */
export function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('no newline at the end');
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let help: RegExpExecArray | null = null;
  let current: { readonly name: string; readonly family: Family } | undefined;
  for (const line of text.split('\n')) {
    const fail = (why: string): never => {
      throw new Error(`${why}: ${line}`);
    };
    if (line === '') continue;
    if (line.startsWith('# HELP')) {
      help = HELP.exec(line) ?? fail('malformed');
    } else if (line.startsWith('#')) {
      const [, name = '', type = ''] = TYPE.exec(line) ?? fail('malformed');
      if (help?.[1] !== name) fail('no HELP before');
      if (families.has(name)) fail('a second time');
      current = { name, family: { help: help?.[2] ?? '', type, samples: [] } };
      families.set(name, current.family);
    } else {
      const [, name = '', labels = '', number = ''] = SAMPLE.exec(line) ?? fail('malformed');
      if (!NUMBER.test(number)) fail('no number');
      if (!current || !namesOf(current.name, current.family.type).includes(name)) fail('of no family');
      if (seen.has(`${name}{${labels}}`)) fail('a second time');
      seen.add(`${name}{${labels}}`);
      current?.family.samples.push({ name, labels: labelsOf(labels), value: toNumber(number) });
    }
  }
  for (const [name, family] of families) if (family.type === 'histogram') checkHistogram(name, family);
  return families;
}

function namesOf(family: string, type: string): string[] {
  return type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => family + end) : [family];
}

function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([a-zA-Z0-9_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
}

function toNumber(text: string): number {
  return text.endsWith('Inf') ? Number(text.replace('Inf', 'Infinity')) : Number(text);
}

function checkHistogram(name: string, { samples }: Family): void {
  const series = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { le: _, ...key } = sample.labels;
    const text = JSON.stringify(key);
    series.set(text, [...(series.get(text) ?? []), sample]);
  }
  for (const [key, of] of series) {
    const buckets = of.filter((sample) => sample.name === `${name}_bucket`);
    const counts = buckets.map(({ value }) => value);
    const bounds = buckets.map(({ labels }) => toNumber(labels['le'] ?? ''));
    const rises = (values: number[]): boolean => values.every((v, i) => i === 0 || v >= (values[i - 1] ?? v));
    const count = of.find((sample) => sample.name === `${name}_count`)?.value;
    const isSound = rises(counts) && rises(bounds) && bounds.at(-1) === Infinity && counts.at(-1) === count;
    if (!isSound) throw new Error(`the buckets of ${name} ${key} do not add up`);
  }
}
