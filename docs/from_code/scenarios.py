"""Generate the page of the bundled scenarios from their files."""

from from_code.markdown import block
from mockserver.config.registry import bundled_folder

START = """# Bundled scenarios

These are the files themselves. The scenarios in `common.yaml` work with every provider that has the
legs they mention. Each of the other files belongs to one provider.
"""


def page() -> str:
    files = sorted(
        bundled_folder("scenarios").glob("*.yaml"), key=lambda file: file.stem != "common"
    )
    parts = [START]
    for file in files:
        parts += [f"## {file.name}\n", block(file.read_text("utf-8"), "yaml")]
    return "\n".join(parts)
