"""Generate the page that lists for each vendor what is assumed or observed, and why."""

from from_code.markdown import table
from mockserver.config.registry import load_providers
from mockserver.core.evidence_outline import count_documented, undocumented_rows
from mockserver.core.provider import Provider

INTRODUCTION = """# What is assumed

Something is *documented* if the vendor's own page says it. The reference page of each vendor lists
it. The tables below list the rest. Something is *observed* if another page of the vendor or a
public client has it. *Assumed* things are guesses. A note says why, or where it was observed.

`mockserver providers NAME --assumed` prints the same.
"""


def page() -> str:
    providers = (bound.provider for bound in load_providers().values())
    return "\n".join([INTRODUCTION, *map(_section, providers)])


def _section(provider: Provider) -> str:
    rows = (
        (row.kind, row.what, str(row.evidence), row.note) for row in undocumented_rows(provider)
    )
    return "\n".join(
        [
            f"## {provider.title}\n",
            f"Documented: {count_documented(provider)}.\n",
            table(("kind", "what", "evidence", "note"), rows),
        ]
    )
