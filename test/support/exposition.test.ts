import { describe, expect, it } from 'vitest';
import { parseExposition } from './exposition.ts';

const HEAD = '# HELP a b\n# TYPE a gauge\n';
const HISTOGRAM = '# HELP h x\n# TYPE h histogram\n';

describe('the parser of metrics', () => {
  it('reads what is well-formed', () => {
    const families = parseExposition(`${HEAD}a{x="1,\\"}",y=""} -1.5e-7\na +Inf\n`);
    expect(families.get('a')).toEqual({
      help: 'b',
      type: 'gauge',
      samples: [
        { name: 'a', labels: { x: String.raw`1,\"}`, y: '' }, value: -1.5e-7 },
        { name: 'a', labels: {}, value: Infinity },
      ],
    });
  });

  it.each([
    ['no newline at the end', `${HEAD}a 1`],
    ['a sample of no family', 'a 1\n'],
    ['a sample of another family', `${HEAD}b 1\n`],
    ['a family without HELP', '# TYPE a gauge\na 1\n'],
    ['a family twice', HEAD + HEAD],
    ['a sample twice', `${HEAD}a{x="1"} 1\na{x="1"} 2\n`],
    ['a label without quotes', `${HEAD}a{x=1} 1\n`],
    ['no number', `${HEAD}a one\n`],
    ['another comment', `${HEAD}# a\n`],
    ['buckets that fall', `${HISTOGRAM}h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n`],
    ['buckets that miss some', `${HISTOGRAM}h_bucket{le="+Inf"} 1\nh_sum 1\nh_count 2\n`],
  ])('refuses %s', (_what, text) => {
    expect(() => parseExposition(text)).toThrow(/./);
  });
});
