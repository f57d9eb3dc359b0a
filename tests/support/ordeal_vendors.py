"""The vendors that an ordeal can try, by name."""

from mockserver.config.registry import load_providers

VENDORS = {
    name: bound.provider.ordeal
    for name, bound in load_providers().items()
    if bound.provider.ordeal is not None
}
