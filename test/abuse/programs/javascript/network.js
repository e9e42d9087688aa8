const dgram = require('dgram');
const dns = require('dns');
const net = require('net');

const results = new Map();
const attempts = [];
for (const host of ['10.0.2.2', '10.0.2.3', '169.254.169.254', '192.168.0.1', '1.1.1.1', '2001:4860:4860::8888']) {
  attempts.push(
    new Promise((resolve) => {
      const socket = net.connect({ host, port: 80, timeout: 2000 }, () => resolve(`${host} ESCAPED`));
      socket.on('error', () => resolve(`${host} refused`));
      socket.on('timeout', () => resolve(`${host} silent`));
    }),
    new Promise((resolve) => {
      const socket = dgram.createSocket(host.includes(':') ? 'udp6' : 'udp4');
      socket.send('x', 53, host, (error) => resolve(`datagram to ${host} ${error ? 'refused' : 'ESCAPED'}`));
    }),
  );
}
attempts.push(
  new Promise((resolve) => dns.resolve4('example.com', (error) => resolve(`name ${error ? 'refused' : 'ESCAPED'}`))),
  new Promise((resolve) => dns.lookup('localhost', (error, address) => resolve(`localhost ${address}`))),
  new Promise((resolve) => {
    const server = net.createServer((socket) => socket.end('x')).listen(0, '127.0.0.1', () => {
      net.connect(server.address().port, '127.0.0.1').on('data', () => resolve('loopback works')).on('error', resolve);
    });
  }),
);
Promise.all(attempts).then((said) => {
  console.log(said.join('\n'));
  process.exit();
});
