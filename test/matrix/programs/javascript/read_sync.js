const fs = require('fs');
const [count, ...rest] = fs.readFileSync(0, 'utf8').trim().split('\n');
const numbers = rest.slice(0, Number(count)).map(Number);
console.log(numbers.reduce((a, b) => a + b, 0), Math.max(...numbers));
console.log(fs.readFileSync('/dev/stdin', 'utf8').length);
