# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Speech for the tests: made by espeak-ng, brought to the rate of the protocol by sox."""

from __future__ import annotations

import functools
import subprocess

from peers import BYTES_PER_MS

RATE = 24000
SILENCE = bytes(1200 * BYTES_PER_MS)


@functools.cache
def say(text: str) -> bytes:
    """The text as 16-bit mono samples at 24 kHz, cut to where the voice begins and ends."""
    wav = subprocess.run(["espeak-ng", "-s", "150", "--stdout", text], check=True, capture_output=True).stdout
    # The length in the header of a streamed file is not the real one: the samples go to sox without it.
    start = wav.index(b"data") + 8
    rate = int.from_bytes(wav[24:28], "little")
    raw = ["-t", "raw", "-e", "signed", "-b", "16", "-c", "1"]
    trim = ["silence", "1", "0.01", "1%", "reverse", "silence", "1", "0.01", "1%", "reverse"]
    command = ["sox", "-D", *raw, "-r", str(rate), "-", *raw, "-r", str(RATE), "-", "gain", "-n", "-3", *trim]
    pcm = subprocess.run(command, input=wav[start:], check=True, capture_output=True).stdout
    assert len(pcm) > 300 * BYTES_PER_MS, "espeak-ng made no speech"
    return pcm


def question() -> bytes:
    """A phrase without a pause in it, so that it is one turn."""
    return say("what time is it")


def interruption() -> bytes:
    """A phrase that is voiced nearly all the time: while a server speaks, it may ask for more before it gives way."""
    return say("whoa now hold on a moment will you")
