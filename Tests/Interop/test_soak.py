# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""A small soak; `make soak` runs 50,000 sessions."""

from __future__ import annotations

from conftest import program
from soak import leaks, soak


def test_broken_sessions_leave_nothing_behind() -> None:
    program("espeak-ng")
    assert leaks(*soak(2_000, 16, "local")) == []
