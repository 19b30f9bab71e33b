// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

'use strict';

// A Realtime client on Node's `ws`, driven by the test: commands come on standard input, what happens to the socket goes
// to standard output, one JSON object a line. The only argument is `{url, protocols?, headers?, ca?}`.

const readline = require('node:readline');
const WebSocket = require('ws');

const { url, protocols, headers, ca } = JSON.parse(process.argv[2]);
const options = { headers, ca, perMessageDeflate: true };
const say = (record, then) => process.stdout.write(JSON.stringify(record) + '\n', then);

const socket = protocols ? new WebSocket(url, protocols, options) : new WebSocket(url, options);

socket.on('open', () => say({ kind: 'open', protocol: socket.protocol, extensions: socket.extensions }));
socket.on('message', (data, isBinary) => {
  say(isBinary ? { kind: 'binary', bytes: data.length } : { kind: 'message', data: data.toString() });
});
socket.on('pong', (data) => say({ kind: 'pong', data: data.toString() }));
socket.on('error', (error) => say({ kind: 'error', message: error.message }));
socket.on('close', (code, reason) => {
  say({ kind: 'close', code, reason: reason.toString() });
  process.stdin.destroy();
});
socket.on('unexpected-response', (_request, response) => {
  const chunks = [];
  response.on('data', (chunk) => chunks.push(chunk));
  response.on('end', () => {
    const body = Buffer.concat(chunks).toString();
    say({ kind: 'refused', status: response.statusCode, body }, () => process.exit());
  });
});

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const command = JSON.parse(line);
  if (command.send !== undefined) socket.send(command.send);
  else if (command.binary !== undefined) socket.send(Buffer.from(command.binary, 'base64'));
  else if (command.ping !== undefined) socket.ping(command.ping);
  else if (command.close !== undefined) socket.close(...command.close);
});
