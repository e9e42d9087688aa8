class OrderError extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = 'OrderError';
    this.code = 'E_ORDER';
  }
}

function parse(text) {
  return JSON.parse(text);
}

try {
  null.x;
} catch (error) {
  console.log(error instanceof TypeError, error.message);
}
try {
  parse('{');
} catch (error) {
  console.log(error.name, error.stack.split('\n').some((line) => line.includes('main.js:10')));
} finally {
  console.log('finally');
}
process.on('exit', (code) => console.log('exit', code));
setImmediate(function later() {
  throw new OrderError('bad order');
});
