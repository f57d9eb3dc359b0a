"""The pages about the vendors are true: their commands run, and their accounts are valid."""

import re
import shutil
from pathlib import Path

import pytest

from mockserver.app import run_server
from mockserver.compiler import build_configuration
from mockserver.config.registry import load_providers
from mockserver.settings import parse_settings
from tests.support.printed_commands import BASH, run_printed

VENDORS = Path(__file__).parent.parent / "docs" / "vendors"
README = (VENDORS.parent.parent / "README.md").read_text("utf-8")
PROVIDERS = load_providers()


def page(name: str) -> str:
    return (VENDORS / f"{name}.md").read_text("utf-8")


def test_every_vendor_has_a_page_and_a_row_in_the_readme() -> None:
    pages = {file.stem for file in VENDORS.glob("*.md")} - {"index"}
    rows = re.findall(r"^\| \[.+?\]\(docs/vendors/(\w+)\.md\)", README, re.MULTILINE)
    named = re.findall(r"```\{toctree\}\n(.*?)```", page("index"), re.DOTALL)[0].split()
    assert sorted(pages) == sorted(rows) == sorted(named) == sorted(PROVIDERS)


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_the_page_of_a_vendor_has_its_title_and_its_quirks(name: str) -> None:
    provider = PROVIDERS[name].provider
    assert page(name).startswith(f"# {provider.title}\n")
    known = {quirk for each in PROVIDERS.values() for quirk in each.provider.quirks}
    assert set(re.findall(r"--quirk \w+=([\w-]+)", page(name))) <= known


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_the_account_of_a_page_is_valid_and_has_its_records(name: str, tmp_path: Path) -> None:
    [text] = re.findall(rf"```yaml {name}\n(.*?)```", page(name), re.DOTALL)
    (tmp_path / "mine.yaml").write_text(text, "utf-8")
    accounts = build_configuration(
        parse_settings({"scenarios": (str(tmp_path / "mine.yaml"),)}, {})
    ).accounts
    expected = {
        "ccai": ("acme", "agents", {"ann@acme.test", "bob@acme.test"}),
        "effebot": ("shop", "phones", {"99999999999", "99999999997"}),
        "innocalls": ("shop", "flows", {"3815e7b721000000000000000", "old"}),
        "mobtexting": ("shop", "flows", {"220"}),
        "phonon": ("campaigns", "flows", {"Qq12Cd34"}),
    }
    account, kind, records = expected[name]
    assert set(accounts[name, account].records[kind]) == records


@pytest.mark.skipif(not (BASH and shutil.which("curl")), reason="the commands need bash and curl")
@pytest.mark.parametrize(
    ("name", "part"), [("phonon", '"api-response-code":'), ("ccai", '"state":"offline"')]
)
def test_the_command_of_a_page_works_as_printed(name: str, part: str) -> None:
    [command] = re.findall(r"```bash\n(.*?)```", page(name), re.DOTALL)
    with run_server(parse_settings({"port": "0", "seed": "docs"}, {})) as origin:
        assert part in run_printed(command, origin).replace(": ", ":")


def test_what_can_be_generated_is_what_the_table_says() -> None:
    rows = re.findall(r"^\| ([A-Z][\w, ]+) \| (`.+) \|$", page("index"), re.MULTILINE)
    printed = {
        title: sorted(re.findall(r"`(\w+)`", cell))
        for titles, cell in rows
        for title in titles.split(", ")
    }
    assert printed == {
        bound.provider.title: sorted(bound.provider.generators) for bound in PROVIDERS.values()
    }
