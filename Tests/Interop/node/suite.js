// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

'use strict';

// The server of a suite that judges a client by the echo of what it sends, on Node's `ws`. The only argument is the
// `perMessageDeflate` of the server; the port goes to standard output, then what each case found.

const { WebSocketServer } = require('ws');

const messages = ['', 'x', 'again and '.repeat(5000), 'é你👋'.repeat(3000), 'again and '.repeat(5000)];
const say = (record) => process.stdout.write(JSON.stringify(record) + '\n');
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: JSON.parse(process.argv[2]) });

server.on('listening', () => say({ port: server.address().port }));
server.on('connection', (socket, request) => {
  const path = request.url.split('?')[0];
  if (path === '/getCaseCount') socket.send('1');
  if (path !== '/runCase') {
    socket.close();
    if (path === '/updateReports') server.close();
    return;
  }
  const echoes = [];
  socket.on('message', (data) => {
    echoes.push(data.toString());
    if (echoes.length < messages.length) return;
    say({ extensions: socket.extensions, same: messages.every((text, place) => text === echoes[place]) });
    socket.close();
  });
  socket.on('error', (error) => say({ error: error.message }));
  for (const text of messages) socket.send(text, { compress: true });
});
