// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// OpenAI's unmodified reference client for the beta dialect, in a page. The test mounts its source at /reference/ and
// calls these steps; every event in either direction is reported, so that the test can check their order.

import { RealtimeClient } from '/reference/index.js';

let client;

const completed = (role) =>
  new Promise((resolve) => {
    const listener = ({ item }) => {
      if (item.role === role) {
        client.off('conversation.item.completed', listener);
        resolve(item);
      }
    };
    client.on('conversation.item.completed', listener);
  });

const summary = ({ id, status, formatted }) => ({
  id,
  status,
  transcript: formatted.transcript,
  samples: formatted.audio.length,
});

const samples = (base64) => new Int16Array(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer);

globalThis.reference = {
  async connect(url) {
    client = new RealtimeClient({ url });
    client.on('realtime.event', ({ source, event }) => report(JSON.stringify({ kind: source, data: event })));
    await client.connect();
    await client.waitForSessionCreated();
  },

  async ask(text) {
    const answer = completed('assistant');
    client.sendUserMessageContent([{ type: 'input_text', text }]);
    return summary(await answer);
  },

  async speak(base64) {
    const answer = completed('assistant');
    const all = samples(base64);
    for (let start = 0; start < all.length; start += 2400) client.appendInputAudio(all.slice(start, start + 2400));
    client.createResponse();
    return summary(await answer);
  },

  async speakToServerVad(base64) {
    client.updateSession({ turn_detection: { type: 'server_vad' } });
    const answer = completed('assistant');
    const all = samples(base64);
    for (let start = 0; start < all.length; start += 2400) client.appendInputAudio(all.slice(start, start + 2400));
    const result = summary(await answer);
    client.updateSession({ turn_detection: null });
    return result;
  },

  async callTool(definition, text) {
    const calls = [];
    client.addTool(definition, async (parameters) => {
      calls.push(parameters);
      return { celsius: 4 };
    });
    const answer = completed('assistant');
    client.sendUserMessageContent([{ type: 'input_text', text }]);
    return { calls, answer: summary(await answer) };
  },

  async cancel(text, keptSamples) {
    const heard = new Promise((resolve) => {
      const listener = ({ item, delta }) => {
        if (item.role === 'assistant' && item.formatted.audio.length >= keptSamples && delta?.audio) {
          client.off('conversation.updated', listener);
          resolve(item);
        }
      };
      client.on('conversation.updated', listener);
    });
    client.sendUserMessageContent([{ type: 'input_text', text }]);
    const item = await heard;
    const cut = client.realtime.waitForNext('server.conversation.item.truncated');
    client.cancelResponse(item.id, keptSamples);
    await cut;
    return summary(client.conversation.getItem(item.id));
  },

  async remove(id) {
    const gone = client.realtime.waitForNext('server.conversation.item.deleted');
    client.deleteItem(id);
    await gone;
    return client.conversation.getItem(id);
  },

  async disconnect() {
    const closed = client.realtime.waitForNext('close');
    client.disconnect();
    return await closed;
  },
};
report(JSON.stringify({ kind: 'loaded' }));
