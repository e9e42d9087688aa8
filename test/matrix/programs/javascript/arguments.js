const { basename } = require('path');
console.log(process.argv.length, basename(process.argv[0]), basename(process.argv[1]), process.execArgv);
process.argv.slice(2).forEach((arg, i) => console.log(i, JSON.stringify(arg), [...arg].length));
