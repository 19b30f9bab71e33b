# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""Asks the doctor about a folder of servers of which it is known why they fail.

    doctor_scenarios.py FOLDER [ID…] [--keep DIR] [--again]

FOLDER has a `manifest.json` that tells of each scenario the inputs and what is expected, and a `run.py` that starts and
stops it. One line is printed for each scenario and a total. --keep stores the reports; --again only judges what is
stored there anew, with the rules of today. The exit code is 0 if all is right.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asking import DEADLINE, Diagnosis, ask, judged
from server import binary

AT_ONCE = 3

# What scenarios call clients, and the profiles that stand for them.
CLIENTS = {
    "chromium": "chrome-realtime-console",
    "firefox": "firefox-realtime-console",
    "node-ws": "node-ws",
    "python-websockets": "python-websockets",
    "openai-python": "openai-python",
    "postman": "postman",
    "go-gorilla": "go-gorilla",
    "python-aiohttp": "python-aiohttp",
    "aiohttp": "python-aiohttp",
    "websocket-client": "python-websocket-client",
    "node-undici": "node-undici",
}


@dataclass
class Score:
    """What was right about one diagnosis; each wrong thing is a line of `wrong`."""

    scenario: str
    cause: str = ""
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        said = "; ".join(self.wrong) or "right"
        return f"{self.scenario:<34} {self.seconds:6.1f} s  {self.cause or '-':<28} {said}"


class Folder:
    """Scenarios and the program that runs them."""

    def __init__(self, path: Path) -> None:
        self._run = path / "run.py"
        self.scenarios: list[dict[str, Any]] = json.loads((path / "manifest.json").read_text())["scenarios"]

    def start(self, name: str) -> dict[str, Any]:
        return json.loads(self._do("start", name))

    def stop(self, name: str) -> None:
        self._do("stop", name)

    def points(self, name: str, report: Path) -> dict[str, Any]:
        return json.loads(self._do("score", name, str(report)))

    def missing(self) -> dict[str, list[str]]:
        """What scenarios need that is not here, by their ids."""
        found = {row["id"]: row["missing"] for row in json.loads(self._do("list", "--json"))}
        helps = subprocess.run([str(binary()), "tap", "--help"], capture_output=True, text=True, check=False).stdout
        if "--run" not in helps:
            for scenario in self.scenarios:
                if scenario.get("tap"):
                    found[scenario["id"]].append("parley tap")
        return {name: what for name, what in found.items() if what}

    def _do(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, str(self._run), *words], capture_output=True, text=True, timeout=DEADLINE
        )
        if done.returncode:
            raise RuntimeError(f"{self._run.name} {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout


def flags(inputs: dict[str, Any]) -> Iterator[str]:
    """The doctor's arguments for what a user would say."""
    yield inputs["url"]
    single = {
        "origin": "--origin",
        "page": "--page",
        "proxy": "--proxy",
        "cafile": "--ca",
        "direct_url": "--direct",
        "expect": "--expect",
        "hold_s": "--hold",
        "timeout_s": "--timeout",
    }
    for name, flag in single.items():
        if name in inputs:
            yield from (flag, str(inputs[name]))
    for subprotocol in inputs.get("subprotocols", []):
        yield from ("--subprotocol", subprotocol)
    for name, value in inputs.get("headers", {}).items():
        yield from ("--header", f"{name}: {value}")
    for name, address in inputs.get("resolve", {}).items():
        yield from ("--resolve", f"{name}={address}")


def examine(inputs: dict[str, Any]) -> list[Diagnosis]:
    """The doctor's answers: as the user would ask, and, where that names one client, of all clients."""
    if command := inputs.get("client_cmd"):
        run = " ".join(command)
        return [ask("--to", inputs["url"], "--run", run, command="tap")]
    client = ["--client", inputs["client"]] if "client" in inputs else []
    asked = [ask(*flags(inputs), *client)]
    return asked + [ask(*flags(inputs))] if client else asked


def judge(scenario: dict[str, Any], asked: Diagnosis, every: Diagnosis) -> Score:
    """Compares what the doctor said with the key."""
    score = Score(scenario["id"], asked.cause, asked.seconds)
    cause = "" if scenario["class"] == 0 else scenario["cause"]
    if asked.cause != cause:
        score.wrong.append(f"cause is {scenario['cause']}")
    if asked.number not in [scenario["class"], *([] if asked.cause == cause else scenario["also_accept"])]:
        score.wrong.append(f"class {asked.number} is {scenario['class']}")
    if every.cause != asked.cause:
        score.wrong.append(f"of all clients it says {every.cause or '-'}")
    for client, verdict in scenario["expected"]["clients"].items():
        if client not in CLIENTS:
            continue
        connects = every.connects(CLIENTS[client])
        if connects is not (not verdict.startswith("fail")):
            score.wrong.append(f"{client} {'ok' if connects else 'fails' if connects is False else '?'} is {verdict}")
    return score


def examine_all(
    folder: Folder, names: Iterable[str], keep: Path | None = None, again: bool = False
) -> Iterator[tuple[Score, dict[str, Any]]]:
    """Starts, examines, stops and scores scenarios, a few at a time; the scores with what the folder's own key says."""
    wanted = set(names)

    def one(scenario: dict[str, Any]) -> tuple[Score, dict[str, Any]]:
        name = scenario["id"]
        stored = [keep / f"{name}.{part}.json" for part in ("asked", "every")] if keep else []
        if again:
            diagnoses = [judged(path) for path in stored if path.exists()]
        else:
            inputs = folder.start(name)
            try:
                diagnoses = examine(inputs)
            finally:
                folder.stop(name)
        for path, diagnosis in zip(stored, diagnoses):
            if not again:
                path.write_text(diagnosis.text)
        score = judge(scenario, diagnoses[0], diagnoses[-1])
        return score, folder.points(name, stored[0]) if stored else {}

    chosen = [scenario for scenario in folder.scenarios if not wanted or scenario["id"] in wanted]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(_kept(one), chosen)


def _kept(one: Callable[[dict[str, Any]], tuple[Score, dict[str, Any]]]) -> Callable[..., tuple[Score, dict[str, Any]]]:
    """A scenario that cannot be run or that the doctor did not survive is a wrong answer, not the end."""

    def run(scenario: dict[str, Any]) -> tuple[Score, dict[str, Any]]:
        try:
            return one(scenario)
        except (RuntimeError, ValueError, subprocess.SubprocessError) as error:
            return Score(scenario["id"], wrong=[str(error)[-300:].replace("\n", " ")]), {}

    return run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("ids", nargs="*")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--again", action="store_true")
    arguments = parser.parse_args()
    if arguments.keep:
        arguments.keep.mkdir(parents=True, exist_ok=True)
    folder = Folder(arguments.folder)
    missing = {} if arguments.again else folder.missing()
    for name, what in missing.items():
        print(f"{name} cannot run: {', '.join(what)} is missing", file=sys.stderr)
    wanted = arguments.ids or [scenario["id"] for scenario in folder.scenarios if scenario["id"] not in missing]
    started = time.monotonic()
    right = total = 0
    points = 0.0
    for score, key in examine_all(folder, wanted, arguments.keep, arguments.again):
        lost = [f"{part} {key[part]}" for part in ("class", "cause", "fix") if key and key[part] < 1] if key else []
        lost += [f"says {word}" for word in key.get("wrong", [])]
        print(score.line() + (f"  [key: {', '.join(lost)}]" if lost else ""), flush=True)
        total, right, points = total + 1, right + (not score.wrong), points + key.get("points", 0)
    print(f"{right} of {total} right" + (f", {points:g} points" if arguments.keep else ""), end="")
    print(f", {time.monotonic() - started:.0f} s with {binary().name}")
    return 0 if right == total else 1


if __name__ == "__main__":
    sys.exit(main())
