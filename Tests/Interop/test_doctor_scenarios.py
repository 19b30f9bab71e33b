# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""The doctor before a folder of failing servers, where PARLEY_DOCTOR_SCENARIOS names one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from doctor_scenarios import Folder, examine_all

FOLDER = os.environ.get("PARLEY_DOCTOR_SCENARIOS")


@pytest.mark.skipif(not FOLDER, reason="PARLEY_DOCTOR_SCENARIOS names no folder of scenarios")
def test_every_scenario_is_explained() -> None:
    folder = Folder(Path(FOLDER or ""))
    missing = folder.missing()
    able = [scenario["id"] for scenario in folder.scenarios if scenario["id"] not in missing]
    assert able, f"nothing can run: {missing}"
    wrong = [score.line() for score, _ in examine_all(folder, able) if score.wrong]
    assert not wrong, "\n".join(wrong)
