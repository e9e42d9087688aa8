const http = require('http');

const server = http.createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => response.end(`${request.method} ${request.url} ${body.toUpperCase()}`));
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const request = http.request({ host: '127.0.0.1', port, path: '/a?b=1', method: 'POST', agent: false }, (response) => {
    response.on('data', (chunk) => console.log(response.statusCode, String(chunk)));
    response.on('end', () => server.close(() => console.log('closed')));
  });
  request.end('hello');
});
