"""An immutable empty mapping: the default of optional mapping fields."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

EMPTY_MAPPING: Final[Mapping[Any, Any]] = MappingProxyType({})
