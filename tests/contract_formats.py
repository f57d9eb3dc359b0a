"""Examples of the formats in the OpenAPI documents, for Schemathesis."""

import schemathesis
from hypothesis import strategies

NUMBERS = ("+1 859-657-9625", "+13392195276", "+82-10-6861-2345", "+966 50 000 0000")
LANGUAGES = ("en", "ko", "fr-CA")

schemathesis.openapi.format("phone", strategies.sampled_from(NUMBERS))
schemathesis.openapi.format("language", strategies.sampled_from(LANGUAGES))
