#!/usr/bin/env python3
# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Writes a language model in GGUF that says one sentence whatever it is asked: tiny_model.py FILE

Its weights are made here, token by token: every token leads to exactly one other, from the mark that begins an answer
through the words of the sentence to its end. No layer adds anything to that.
"""

import sys

import gguf
import numpy

SENTENCE = ["Good", " day", " from", " a", " very", " small", " model", "."]
TEMPLATE = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def vocabulary():
    kind = gguf.TokenType
    tokens = [("<unk>", kind.UNKNOWN), ("<s>", kind.CONTROL), ("</s>", kind.CONTROL)]
    tokens += [(f"<0x{byte:02X}>", kind.BYTE) for byte in range(256)]
    tokens += [(f"<|{role}|>", kind.CONTROL) for role in ("system", "user", "assistant", "tool")]
    return tokens + [(word.replace(" ", "\u2581"), kind.NORMAL) for word in SENTENCE]


def main(path):
    tokens = vocabulary()
    end, begin = 2, [text for text, _ in tokens].index("<|assistant|>")
    chain = [begin, *range(len(tokens) - len(SENTENCE), len(tokens)), end]
    successor = dict(zip(chain, chain[1:]))

    heads = 1 + (len(tokens) - 1) // 32
    width = heads * 32
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(8192)
    writer.add_embedding_length(width)
    writer.add_block_count(1)
    writer.add_feed_forward_length(32)
    writer.add_head_count(heads)
    writer.add_head_count_kv(heads)
    writer.add_rope_dimension_count(32)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([text for text, _ in tokens])
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types([int(kind) for _, kind in tokens])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(end)
    writer.add_unk_token_id(0)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)

    def tensor(name, *shape, ones=False):
        made = numpy.ones if ones else numpy.zeros
        writer.add_tensor(name, made(shape, dtype=numpy.float32))

    def place(name, entries):
        weights = numpy.zeros((len(tokens), width), dtype=numpy.float32)
        for row, column in entries:
            weights[row, column] = 1
        writer.add_tensor(name, weights)

    place("token_embd.weight", [(token, token) for token in range(len(tokens))])
    place("output.weight", [(successor.get(token, end), token) for token in range(len(tokens))])
    tensor("output_norm.weight", width, ones=True)
    for name in ("attn_norm", "ffn_norm"):
        tensor(f"blk.0.{name}.weight", width, ones=True)
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        tensor(f"blk.0.{name}.weight", width, width)
    for name in ("ffn_gate", "ffn_up"):
        tensor(f"blk.0.{name}.weight", 32, width)
    tensor("blk.0.ffn_down.weight", width, 32)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main(sys.argv[1])
