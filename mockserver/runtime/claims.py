"""Which sandbox has claimed a credential: requests with it go there."""

from collections.abc import Iterable

from mockserver.core.seeded import digest
from mockserver.runtime.sandbox import Claim


class CredentialClaimed(Exception):
    """Another sandbox has claimed the credential."""


class Claims:
    """The claims of all sandboxes."""

    def __init__(self) -> None:
        self.owners: dict[Claim, str] = {}

    def check(self, name: str, claims: Iterable[Claim]) -> None:
        """Check that a sandbox may have these claims.

        Raises:
            CredentialClaimed: another one has one of them.
        """
        if any(self.owners.get(claim, name) != name for claim in claims):
            raise CredentialClaimed

    def add(self, name: str, claims: Iterable[Claim]) -> None:
        self.owners.update(dict.fromkeys(claims, name))

    def drop(self, name: str) -> None:
        """Forget the claims of a sandbox."""
        self.owners = {claim: owner for claim, owner in self.owners.items() if owner != name}


def build_claim(provider: str, credential: str) -> Claim:
    return provider, digest("claim", provider, credential)
