"""No report of an ordeal shows a secret of the user's."""

from typing import Final

import pytest

from mockserver.ordeal.cases import CLEAN
from mockserver.ordeal.json_report import render_json
from mockserver.ordeal.judge import Defect, Verdict
from mockserver.ordeal.junit_report import render_junit
from mockserver.ordeal.masks import find_masks, mask_plan, mask_text
from mockserver.ordeal.plan import Plan
from mockserver.ordeal.runner import Report
from mockserver.ordeal.runs import Run
from mockserver.ordeal.text_report import render_text
from tests.support.ordeal_vendors import VENDORS

SECRET: Final = "canary-7f3a"
URLS: Final = (
    f"http://user:{SECRET}@app.test/hook",
    f"http://app.test/hook?token={SECRET}",
    f"http://app.test/hook?a=b&key={SECRET}",
    f"http://app.test/token/{SECRET}",
)


def build_report(url: str) -> Report:
    """Build a report of a plan that has the secret in each place."""
    plan = Plan(
        provider="mobtexting",
        vendor=VENDORS["mobtexting"],
        seed="s",
        to=url,
        app=f"curl -d a=b {url}",
        probe=url,
        words=("mockserver", "ordeal", "--to", url, "--app", f"curl -d a=b {url}"),
    )
    defect = Defect(name="counts-nothing", seen="the probe says the same before and after")
    verdict = Verdict(case=CLEAN, state="wrong", defects=(defect,))
    run = Run(webhooks=(), calls=1, requests={})
    return Report(plan=mask_plan(plan), verdicts=(verdict,), runs={"clean": run})


@pytest.mark.parametrize("render", [render_text, render_json, render_junit])
@pytest.mark.parametrize("url", URLS)
def test_a_secret_of_a_url_is_in_no_report(url: str, render: object) -> None:
    assert callable(render)
    text = "\n".join(render(build_report(url), "kept"))
    assert (SECRET in text, "***" in text) == (False, True)


def test_the_command_that_plays_a_case_again_says_what_to_put_back() -> None:
    lines = [*render_text(build_report(URLS[0]), "kept")]
    mask = mask_text(URLS[0], "s").removeprefix("http://").removesuffix("@app.test/hook")
    url = f"http://{mask}@app.test/hook"
    assert lines[-4:-2] == [
        f"  again     mockserver ordeal --to '{url}' --app 'curl -d a=b {url}' --only clean",
        f"  secrets   put each back in the place of its mask: {mask}",
    ]


def test_a_command_without_secrets_says_nothing_of_them() -> None:
    lines = [*render_text(build_report("http://app.test/hook?id=7"), "kept")]
    assert lines[-3] == (
        "  again     mockserver ordeal --to 'http://app.test/hook?id=7' --app 'curl -d a=b"
        " http://app.test/hook?id=7' --only clean"
    )


def test_each_mask_is_found_once() -> None:
    assert find_masks("***0a1b2c and ***0a1b2d, ***0a1b2c, ***x") == ("***0a1b2c", "***0a1b2d")
