type Matrix = readonly (readonly number[])[];

const multiply = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));

const power = (matrix: Matrix, n: number): Matrix =>
  n === 1 ? matrix : n % 2 === 0 ? power(multiply(matrix, matrix), n / 2) : multiply(matrix, power(matrix, n - 1));

console.log(power([[1, 1], [1, 0]], 70)[0]![1], 0.1 + 0.2, 7 % -3, -7 >>> 28, 1 << 33, (2 ** 31) | 0);
let factorial: bigint = 1n;
for (let i = 2n; i <= 40n; i++) factorial *= i;
console.log(factorial, BigInt.asIntN(8, 255n), Number.MAX_SAFE_INTEGER, Number.EPSILON > 0);
console.log(Math.hypot(3, 4), Math.imul(0xffffffff, 5), (255).toString(2), parseFloat('3.5abc'), 1e21, -0);
let sum = 0;
for (let i = 1; i <= 100_000; i++) sum += 1 / i;
console.log(sum, Math.fround(0.1), 10_000 / 3);
