"""The owner of the accounts, with their records and uploaded files."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from mockserver.core.account import (
    REJECTED_CREDENTIALS,
    Account,
    Charge,
    SaveRecord,
    with_charge,
    with_record,
)
from mockserver.core.configuration import AccountKey
from mockserver.core.read_model import upload_digest


class Accounts:
    """The accounts of a sandbox, in the order in which they were added.

    - `by_key`: (provider, name) -> account.
    - `uploads`: `upload_digest` of a file -> the file.
    """

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._by_key = {account.key: account for account in accounts}
        self._uploads: dict[str, bytes] = {}
        self._keys_by_credential: dict[tuple[str, str | None], AccountKey] = {}
        self.by_key: Mapping[AccountKey, Account] = MappingProxyType(self._by_key)
        self.uploads: Mapping[str, bytes] = MappingProxyType(self._uploads)
        self._rebuild_index()

    def find(self, provider: str, credential: str | None) -> Account | None:
        """Find the provider's account with this credential.

        An account that names the credential comes before one that accepts any.
        """
        if not credential or credential in REJECTED_CREDENTIALS:
            return None
        keys = self._keys_by_credential
        key = keys.get((provider, credential)) or keys.get((provider, None))
        return self._by_key[key] if key else None

    def owner(self, provider: str, credential: str) -> AccountKey | None:
        """Return the key of the provider's account that names this credential."""
        return self._keys_by_credential.get((provider, credential))

    def replace(self, account: Account) -> None:
        """Replace the account with the same key, or add it."""
        previous = self._by_key.get(account.key)
        self._by_key[account.key] = account
        if previous is None:
            self._add_to_index(account)
        elif previous.credentials != account.credentials:
            self._rebuild_index()

    def charge(self, charge: Charge) -> None:
        """Reduce the balance of an account, if it has one."""
        self._by_key[charge.account] = with_charge(self._by_key[charge.account], charge)

    def save_record(self, save: SaveRecord) -> None:
        """Save a record of an account, or delete it."""
        self._by_key[save.account] = with_record(self._by_key[save.account], save)

    def store_upload(self, data: bytes) -> None:
        self._uploads[upload_digest(data)] = data

    def _rebuild_index(self) -> None:
        self._keys_by_credential.clear()
        for account in self._by_key.values():
            self._add_to_index(account)

    def _add_to_index(self, account: Account) -> None:
        """Index an account by its credentials, None if it accepts any; the first one counts."""
        for credential in (None,) if account.credentials is None else account.credentials:
            self._keys_by_credential.setdefault((account.provider, credential), account.key)
