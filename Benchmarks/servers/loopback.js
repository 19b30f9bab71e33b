// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// A Realtime loopback as one writes it with Node's `ws`: every append comes back as a delta.
//
//   loopback.js PORT        listens on 127.0.0.1 and prints "ready PORT"
//   loopback.js kernels     times the steps of a message; JSON, nanoseconds each

"use strict";

function delta(audio) {
  return JSON.stringify({
    type: "response.output_audio.delta",
    event_id: "event_1",
    response_id: "resp_1",
    item_id: "item_1",
    output_index: 0,
    content_index: 0,
    delta: audio.toString("base64"),
  });
}

function serve(port) {
  const { WebSocketServer } = require("ws");
  const server = new WebSocketServer({ host: "127.0.0.1", port, perMessageDeflate: false });
  server.on("connection", (socket) => {
    socket.on("message", (message) => {
      const event = JSON.parse(message.toString());
      if (event.type === "input_audio_buffer.append") socket.send(delta(Buffer.from(event.audio, "base64")));
    });
    socket.send(JSON.stringify({ type: "session.created", event_id: "event_0", session: {} }));
  });
  server.on("listening", () => console.log("ready", server.address().port));
}

function nanoseconds(step) {
  for (let times = 64; ; times *= 2) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < times; i++) step();
    const taken = Number(process.hrtime.bigint() - start);
    if (taken >= 60e6) return Math.round(taken / times);
  }
}

function kernels() {
  const audio = Buffer.from(Array.from({ length: 4800 }, (_, i) => (i * 97 + (i >> 7)) & 255));
  const text = audio.toString("base64");
  const append = JSON.stringify({ type: "input_audio_buffer.append", audio: text });
  return {
    "append.read": nanoseconds(() => Buffer.from(JSON.parse(append).audio, "base64")),
    "delta.write": nanoseconds(() => delta(audio)),
    "base64.decode": nanoseconds(() => Buffer.from(text, "base64")),
    "base64.encode": nanoseconds(() => audio.toString("base64")),
  };
}

if (process.argv[2] === "kernels") console.log(JSON.stringify(kernels()));
else serve(Number(process.argv[2]));
