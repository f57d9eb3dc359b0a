"""Encrypts what a file holds, with a key that is kept elsewhere: AES-GCM with 256 bits.

Only this module of the package imports `cryptography`, and only `--store-key` needs it.
"""

import hmac
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mockserver.core.value import pack
from mockserver.store.records import StoreUnavailable

NONCE_SIZE: Final = 12
KEY_SIZE: Final = 32


class Encryption:
    """The cipher of a file with a key; by the `salt` of the file, its keys are its own.

    What is encrypted begins with a random nonce. It can be decrypted for its own place alone, so
    that nobody can swap rows. Without the key, a fingerprint says nothing of its content.
    """

    def __init__(self, key: bytes, salt: bytes) -> None:
        derivation = HKDF(SHA256(), 2 * KEY_SIZE, salt, b"mockserver store")
        keys = derivation.derive(key)
        self._aes, self._fingerprint_key = AESGCM(keys[:KEY_SIZE]), keys[KEY_SIZE:]

    def encrypt(self, content: bytes, *place: object) -> bytes:
        nonce = secrets.token_bytes(NONCE_SIZE)
        return nonce + self._aes.encrypt(nonce, content, pack(place))

    def decrypt(self, content: bytes, *place: object) -> bytes:
        """Return what was encrypted for this place.

        Raises:
            StoreUnavailable: it was encrypted for another place, with another key, or was changed.
        """
        nonce, encrypted = content[:NONCE_SIZE], content[NONCE_SIZE:]
        try:
            return self._aes.decrypt(nonce, encrypted, pack(place))
        except (InvalidTag, ValueError):
            where = " ".join(map(str, place[:3]))
            raise StoreUnavailable(f"what the file has for {where} was not stored there") from None

    def fingerprint(self, content: bytes) -> bytes:
        return hmac.digest(self._fingerprint_key, content, "sha256")
