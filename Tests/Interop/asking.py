# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Asks `parley doctor` and reads its answer."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server import binary

# How long the doctor may take for anything, in seconds.
DEADLINE = 120.0
# A key that must come back in nothing.
SECRET = "sk-asking.Secret_0123456789"


@dataclass(frozen=True)
class Diagnosis:
    """What the doctor said."""

    exit_code: int
    text: str
    seconds: float

    @property
    def report(self) -> dict[str, Any]:
        return json.loads(self.text)

    @property
    def cause(self) -> str:
        """The id of the cause, empty if none was found."""
        return (self.report["cause"] or {}).get("id", "")

    @property
    def number(self) -> int:
        """The class of the cause."""
        return self.report["class"]

    @property
    def others(self) -> list[str]:
        return [cause["id"] for cause in self.report["other_causes"]]

    @property
    def summary(self) -> str:
        """What it says in a few lines, for the message of a failed test."""
        report = self.report
        causes = [c for c in (report["cause"], *report["other_causes"]) if c]
        lines = [f"{c['id']} ({c['confidence']}): {c['explanation']}" for c in causes]
        lines += [f"{e['id']} {e['summary']}" for e in report["evidence"] if e["probe"] != "profile"]
        lines += [f"{p['id']}: {p['failure']}" for p in report["profiles"] if p["connects"] is not True]
        return "\n".join([f"{report['verdict']}, exit code {self.exit_code}, {self.seconds:.1f} s", *lines])

    def connects(self, profile: str) -> bool | None:
        """Whether a client connects; None if the doctor does not know or was not asked."""
        return next((p["connects"] for p in self.report["profiles"] if p["id"] == profile), None)


def ask(*arguments: str, command: str = "doctor") -> Diagnosis:
    """Runs the doctor; what ends it in another way than its exit codes say is an error."""
    env = {**os.environ, "LC_ALL": "C", "PARLEY_DOCTOR_KEY": SECRET}
    words = [str(binary()), command, *arguments, "--json", "-"]
    started = time.monotonic()
    done = subprocess.run(words, capture_output=True, text=True, timeout=DEADLINE, env=env)
    seconds = time.monotonic() - started
    if done.returncode not in (0, 1, 3):
        raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {done.stderr[-2000:]}")
    assert SECRET not in done.stdout + done.stderr
    return Diagnosis(done.returncode, done.stdout, seconds)


def judged(report: Path) -> Diagnosis:
    """What the doctor says today of evidence that it stored."""
    done = subprocess.run(
        [str(binary()), "doctor", "--replay", str(report), "--json", "-"], capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1, 3):
        raise RuntimeError(f"--replay {report} ended with {done.returncode}: {done.stderr[-2000:]}")
    return Diagnosis(done.returncode, done.stdout, 0)
