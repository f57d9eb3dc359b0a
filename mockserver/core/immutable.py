"""The mapping without anything in it, for fields that are seldom given."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

EMPTY_MAPPING: Final[Mapping[Any, Any]] = MappingProxyType({})
