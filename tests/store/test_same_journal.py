"""In memory, in a SQLite file and across restarts, the same requests lead to the same journal."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from mockserver.cli import group
from mockserver.core.configuration import Configuration
from tests.support.conformance import PROVIDERS
from tests.support.placing_requests import PLACING_REQUESTS, PlacingRequest, path_of
from tests.support.stored_sites import Host, StoredSite, open_host, vary_results


@pytest.fixture
def host(configuration: Configuration) -> Iterator[Host]:
    with open_host(configuration) as host:
        host.receive = vary_results
        yield host


def place_with_each_scenario(site: StoredSite, placing: PlacingRequest, names: list[str]) -> None:
    for number, name in enumerate(names):
        headers = {**placing.headers, "x-mock-scenario": name}
        site.request("POST", path_of(placing), json=dict(placing.fields), headers=headers)
        if number % 5 == 0:
            site.advance(by="7s")


def journal_after(site: StoredSite, placings: Sequence[PlacingRequest]) -> list[str]:
    """Place calls by these requests, each with every third scenario that is bundled."""
    names = [each["name"] for each in site.get_json("/_mock/scenarios")["scenarios"]]
    for number, placing in enumerate(placings):
        place_with_each_scenario(site, placing, names[number % 3 :: 3])
    return site.journal()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_journals_of_all_bundled_scenarios_are_equal(
    host: Host, provider: str, tmp_path: Path
) -> None:
    placings = [each for each in PLACING_REQUESTS if each.provider == provider]
    store = {"store": str(tmp_path / "calls.db")}
    with host.start() as site:
        in_memory = [journal_after(site, placings)]
        site.advance(until="idle")
        in_memory.append(site.journal())
    with host.start(**store) as site:
        stored = [journal_after(site, placings)]
    with host.start(**store) as site:
        site.advance(until="idle")
        stored.append(site.journal())
        inputs = site.request("GET", "/_mock/inputs").text
    assert stored == in_memory
    assert len(stored[1]) > len(stored[0]) > 100
    (tmp_path / "run.jsonl").write_text(inputs, "utf-8")
    result = CliRunner().invoke(group, ["replay", "--check", str(tmp_path / "run.jsonl")])
    assert result.exit_code == 0, result.output
    assert result.output.endswith("inputs replayed: the same journal, byte for byte\n")
