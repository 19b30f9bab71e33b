// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

'use strict';

// A server on Node's `ws`, driven by the test: what clients do goes to standard output, commands come on standard input,
// one JSON object a line. The only argument is `{compression}`.

const readline = require('node:readline');
const { WebSocketServer } = require('ws');

const { compression } = JSON.parse(process.argv[2]);
const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  // Small messages are compressed as well.
  perMessageDeflate: compression ? { threshold: 0 } : false,
});
const say = (record) => process.stdout.write(JSON.stringify(record) + '\n');
const sockets = [];

server.on('listening', () => say({ port: server.address().port }));
server.on('connection', (socket, request) => {
  const connection = sockets.push(socket) - 1;
  const offered = request.headers['sec-websocket-protocol'] ?? '';
  const protocols = offered.split(',').map((one) => one.trim());
  say({ kind: 'open', connection, protocols, headers: request.headers, extensions: socket.extensions });
  socket.on('message', (data) => say({ kind: 'message', connection, data: data.toString() }));
  socket.on('error', () => {});
});

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const command = JSON.parse(line);
  const socket = sockets[command.connection];
  if (command.close) return socket.close(...command.close);
  // Each piece is a fragment of the message, compressed or not.
  command.send.forEach((piece, index) => socket.send(piece, { fin: index === command.send.length - 1 }));
});
