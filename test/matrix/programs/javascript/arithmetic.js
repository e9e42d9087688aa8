console.log(0.1 + 0.2, 1 / 3, 1e21, 1e-7, -0, Object.is(-0, 0), 0 / 0, 1 / 0);
console.log(Number.MAX_SAFE_INTEGER + 2, 2 ** 53 === 2 ** 53 + 1, 2 ** 31 | 0, -1 >>> 0, 1 << 33, ~~3.7);
console.log(7 % -3, -7 % 3, 5.5 % 2, 2 ** -1, Math.sign(-3), Math.trunc(-3.5), Math.round(-2.5), Math.fround(0.1));
console.log(Math.hypot(3, 4), Math.cbrt(27), Math.imul(0xffffffff, 5), Math.clz32(1), Math.log2(8), Math.sqrt(2));
let factorial = 1n;
for (let i = 2n; i <= 50n; i++) factorial *= i;
console.log(factorial, -7n / 2n, -7n % 2n, BigInt.asIntN(64, 2n ** 63n), BigInt.asUintN(8, -1n), 2n ** 100n);
const modPow = (base, exponent, modulus) => {
  let result = 1n;
  for (; exponent > 0n; exponent >>= 1n, base = (base * base) % modulus) if (exponent & 1n) result = (result * base) % modulus;
  return result;
};
console.log(modPow(2n, 1000n, 1_000_000_007n));
console.log((255).toString(16), (0.5).toString(2), parseInt('12px'), Number(''), Number('0x1f'), (1.005).toFixed(2), (1234.5).toExponential(2));
console.log([10, 9, 1].sort(), [3, 1, 2].sort((a, b) => a - b), '5' * '2', '5' + 2, [] + {}, null + 1, undefined + 1);
let sum = 0;
for (let i = 1; i <= 100_000; i++) sum += 1 / i;
console.log(sum, new Float32Array([0.1])[0], new Uint8ClampedArray([300, -5])[0], new DataView(new ArrayBuffer(8)).getFloat64(0));
try {
  1n + 1;
} catch (error) {
  console.log(error.message);
}
