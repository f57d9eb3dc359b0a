"""Examples of the formats in the OpenAPI documents, and shorter waits, for Schemathesis."""

from typing import Any

import schemathesis
from hypothesis import strategies

NUMBERS = ("+1 859-657-9625", "+13392195276", "+82-10-6861-2345", "+966 50 000 0000")
LANGUAGES = ("en", "ko", "fr-CA")

schemathesis.openapi.format("phone", strategies.sampled_from(NUMBERS))
schemathesis.openapi.format("language", strategies.sampled_from(LANGUAGES))


def before_call(_: Any, case: Any, __: Any) -> None:
    """Let no wait take time."""
    if case.operation.path == "/_mock/wait" and isinstance(case.body, dict):
        case.body = {**case.body, "timeout": 0}


schemathesis.hook(before_call)
