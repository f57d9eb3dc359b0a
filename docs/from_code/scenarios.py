"""The bundled stories, as their files say them."""

from from_code.markdown import block
from mockserver.config.registry import bundled_folder

START = """# Bundled stories

The files themselves. Those of `common.yaml` name no vendor and play wherever there are the legs
that they speak of; the others belong to one provider.
"""


def page() -> str:
    files = sorted(bundled_folder("scenarios").glob("*.yaml"), key=lambda one: one.stem != "common")
    parts = [START]
    for file in files:
        parts += [f"## {file.name}\n", block(file.read_text("utf-8"), "yaml")]
    return "\n".join(parts)
