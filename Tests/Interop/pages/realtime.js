// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

'use strict';

/**
 * The script of the test page: one native WebSocket, which the test opens and uses from outside. Everything that happens
 * goes to `report`, a function that the test puts into the page. Every message passes the strict conversation first.
 */
const parley = {
  socket: null,
  conversation: null,

  dial(url, protocols, dialect) {
    const say = (record) => report(JSON.stringify(record));
    const conversation = new StrictConversation(dialect);
    let socket;
    try {
      socket = protocols === null ? new WebSocket(url) : new WebSocket(url, protocols);
    } catch (error) {
      say({ kind: 'thrown', message: error.message });
      return;
    }
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => say({ kind: 'open', protocol: socket.protocol, extensions: socket.extensions });
    socket.onerror = () => say({ kind: 'error', message: '' });
    socket.onclose = ({ code, reason, wasClean }) => say({ kind: 'close', code, reason, clean: wasClean });
    socket.onmessage = ({ data }) => {
      if (typeof data !== 'string') {
        say({ kind: 'thrown', message: `a binary message of ${data.byteLength} bytes` });
        return;
      }
      try {
        conversation.accept(JSON.parse(data));
      } catch (error) {
        say({ kind: 'thrown', message: error.message });
      }
      say({ kind: 'message', data });
    };
    this.socket = socket;
    this.conversation = conversation;
  },

  /** Sends audio in pieces of so many milliseconds, as a page with a microphone does. */
  append(base64, milliseconds) {
    const bytes = atob(base64);
    const size = milliseconds * 48;
    for (let start = 0; start < bytes.length; start += size) {
      this.socket.send(
        JSON.stringify({ type: 'input_audio_buffer.append', audio: btoa(bytes.slice(start, start + size)) }),
      );
    }
  },

  sendBinary(base64) {
    this.socket.send(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
  },
};
