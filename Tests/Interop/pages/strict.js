// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

'use strict';

/**
 * A conversation cache that is as strict as the one in OpenAI's reference client for the beta dialect: it throws on the
 * first event that refers to something the server has not announced, or that finds an item in another shape than
 * promised. A server that gets past it does not make that client throw.
 *
 * It is written from the list of what the reference client depends on, and for GA it reads the GA names.
 */
class StrictConversation {
  /** @param {'beta' | 'ga'} dialect */
  constructor(dialect) {
    const names = dialect === 'beta' ? StrictConversation.betaNames : StrictConversation.gaNames;
    this.items = new Map();
    this.responses = new Map();
    this.earlyTranscripts = new Map();
    this.speech = new Map();
    this.calls = [];
    this.completed = [];
    this.rules = {
      [names.itemAdded]: (event) => this.addItem(event.item),
      'conversation.item.truncated': (event) => this.truncate(event),
      'conversation.item.deleted': (event) => this.remove(event),
      'conversation.item.input_audio_transcription.completed': (event) => this.transcribe(event),
      'input_audio_buffer.speech_started': (event) => this.speech.set(event.item_id, { start: event.audio_start_ms }),
      'input_audio_buffer.speech_stopped': (event) => this.stopSpeech(event),
      'response.created': (event) => this.addResponse(event.response),
      'response.output_item.added': (event) => this.addOutput(event),
      'response.output_item.done': (event) => this.finishOutput(event),
      'response.content_part.added': (event) => this.addPart(event),
      [names.transcriptDelta]: (event) => this.extend(event, 'transcript'),
      [names.textDelta]: (event) => this.extend(event, 'text'),
      [names.audioDelta]: (event) => this.addSound(event),
      'response.function_call_arguments.delta': (event) => this.addArguments(event),
    };
  }

  /** Takes one server event. Unknown types are ignored, but every event needs its id and its type. */
  accept(event) {
    if (!event.event_id) throw new Error(`an event without event_id: ${JSON.stringify(event).slice(0, 200)}`);
    if (!event.type) throw new Error(`an event without type: ${JSON.stringify(event).slice(0, 200)}`);
    const rule = Object.hasOwn(this.rules, event.type) ? this.rules[event.type] : null;
    if (rule) rule(event);
  }

  addItem(item) {
    const own = structuredClone(item);
    own.sound = 0;
    own.spoken = this.earlyTranscripts.get(own.id) ?? '';
    if (own.type === 'message') {
      if (!Array.isArray(own.content)) throw new Error(`message ${own.id} was added without an array of content`);
      if (own.role === 'assistant' && own.content.length > 0) throw new Error(`answer ${own.id} was added with content`);
    }
    if (own.type === 'function_call') {
      if (own.arguments !== '') throw new Error(`call ${own.id} was added with arguments ${own.arguments}`);
      if (!own.name || !own.call_id) throw new Error(`call ${own.id} was added without name or call_id`);
    }
    this.items.set(own.id, own);
  }

  addResponse(response) {
    if (!Array.isArray(response.output)) throw new Error(`response ${response.id} was created without an array of output`);
    this.responses.set(response.id, structuredClone(response));
  }

  addOutput(event) {
    const response = this.responses.get(event.response_id);
    if (!response) throw new Error(`${event.type} before response.created of ${event.response_id}`);
    response.output.push(event.item.id);
  }

  finishOutput(event) {
    const item = this.known(event, event.item?.id);
    item.status = event.item.status;
    if (item.type === 'function_call') {
      this.calls.push({ name: item.name, call_id: item.call_id, arguments: JSON.parse(item.arguments) });
    }
    if (item.status === 'completed') this.completed.push(item.id);
  }

  addPart(event) {
    const key = { text: 'text', audio: 'transcript' }[event.part.type];
    if (!key) throw new Error(`a part of type ${event.part.type}`);
    if (event.part[key] !== '') throw new Error(`a new ${event.part.type} part starts with ${key} ${event.part[key]}`);
    this.known(event).content.push(structuredClone(event.part));
  }

  extend(event, key) {
    const part = this.known(event).content[event.content_index];
    if (typeof part?.[key] !== 'string') throw new Error(`${event.type} for a part without ${key}`);
    part[key] += event.delta;
  }

  addSound(event) {
    const item = this.known(event);
    const bytes = atob(event.delta).length;
    if (bytes % 2 !== 0) throw new Error(`${event.type} with half a sample`);
    item.sound += bytes / 2;
  }

  addArguments(event) {
    const item = this.known(event);
    if (item.type !== 'function_call') throw new Error(`${event.type} for a ${item.type}`);
    item.arguments += event.delta;
  }

  transcribe(event) {
    const item = this.items.get(event.item_id);
    if (!item) {
      this.earlyTranscripts.set(event.item_id, event.transcript);
      return;
    }
    if (!item.content[event.content_index]) throw new Error(`${event.type} for a part that ${item.id} does not have`);
    item.content[event.content_index].transcript = event.transcript;
  }

  stopSpeech(event) {
    const segment = this.speech.get(event.item_id) ?? { start: event.audio_end_ms };
    this.speech.set(event.item_id, { ...segment, end: event.audio_end_ms });
  }

  truncate(event) {
    const item = this.known(event);
    item.spoken = '';
    item.sound = Math.min(item.sound, Math.floor(event.audio_end_ms * 24));
  }

  remove(event) {
    this.known(event);
    this.items.delete(event.item_id);
  }

  known(event, id = event.item_id) {
    const item = this.items.get(id);
    if (!item) throw new Error(`${event.type} for item ${id}, which was never added`);
    return item;
  }
}

StrictConversation.betaNames = {
  itemAdded: 'conversation.item.created',
  transcriptDelta: 'response.audio_transcript.delta',
  textDelta: 'response.text.delta',
  audioDelta: 'response.audio.delta',
};
StrictConversation.gaNames = {
  itemAdded: 'conversation.item.added',
  transcriptDelta: 'response.output_audio_transcript.delta',
  textDelta: 'response.output_text.delta',
  audioDelta: 'response.output_audio.delta',
};

globalThis.StrictConversation = StrictConversation;
