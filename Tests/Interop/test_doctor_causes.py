# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

"""The doctor before servers that fail in one known way, and before servers that work.

What is asked of each is a line of a table in `failing`. Servers and doctors run a few at a time in the background from
the first test on; each test waits for its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from asking import Diagnosis, ask
from conftest import lacking
from failing import certificates, code_errors, healthy, on_the_way, origins, programs, protocol_versions
from failing import server_configuration
from failing.case import Case
from failing.launching import Missing

AT_ONCE = 4
TABLES = [server_configuration, on_the_way, certificates, origins, code_errors, protocol_versions, programs, healthy]
CASES: list[Case] = [case for table in TABLES for case in table.CASES]


def _examine(case: Case, directory: Path) -> Diagnosis:
    with case.start(directory) as port:
        return ask(*case.arguments(port, directory))


@pytest.fixture(scope="session")
def diagnoses(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future]]:
    """What the doctor says of each of the cases that are to be run."""
    wanted = [item.callspec.params["case"] for item in request.session.items if item.originalname == "test_cause"]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {case.id: pool.submit(_examine, case, tmp_path_factory.mktemp("case")) for case in wanted}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_cause(case: Case, diagnoses: dict[str, Future]) -> None:
    try:
        said = diagnoses[case.id].result()
    except Missing as missing:
        lacking(str(missing))
    why = said.summary
    assert said.cause in (case.cause, *case.also), why
    if said.cause == case.cause:
        assert said.number == case.number, why
    assert said.exit_code == (1 if case.cause else 0), why
    # A sure wrong answer beside the right one is one answer too many.
    sure = [cause["id"] for cause in said.report["other_causes"] if cause["confidence"] == "certain"]
    assert set(sure) <= {case.cause, *case.also}, why
    verdicts = {profile: said.connects(profile) for profile in (*case.ok, *case.fail)}
    assert verdicts == {**dict.fromkeys(case.ok, True), **dict.fromkeys(case.fail, False)}, why
    if case.software:
        assert said.report["cause"]["software"] == case.software, why


def test_every_case_has_a_name_of_its_own() -> None:
    assert len({case.id for case in CASES}) == len(CASES)


def test_the_tables_hold_every_cause_that_a_server_can_show() -> None:
    assert len({case.cause for case in CASES}) > 60
