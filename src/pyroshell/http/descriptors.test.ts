import { expect, it } from 'vitest';
import { mostConnections } from './descriptors.ts';

const limits = (soft: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units     \nMax open files            ${soft}                20000                files     \n`;

it.each([
  [limits('1048576'), 1000],
  [limits('unlimited'), 1000],
  [limits('1024'), 128],
  [limits('100'), 12],
  [limits('3'), 1],
  ['', 1000],
])('the most connections for %j', (text, most) => {
  expect(mostConnections(text)).toBe(most);
});

it('reads the limits of this process', () => {
  expect(mostConnections()).toBeGreaterThan(0);
});
