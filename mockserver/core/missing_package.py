"""What a provider says if the machine lacks a package without which it cannot serve."""


class MissingPackage(LookupError):
    """No request to the provider can be served; the message names what is to be installed."""
