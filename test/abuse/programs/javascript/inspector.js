const inspector = require('inspector');
const http = require('http');

// A debugger is open to all inside of the VM, and to nobody else.
inspector.open(9229, '0.0.0.0');
process.kill(process.pid, 'SIGUSR1');
http.get('http://127.0.0.1:9229/json/list', (response) => {
  console.log('inside', response.statusCode);
  process.stdout.write('outside nobody\n', () => process.abort());
});
