"""What a file holds of a content: the content itself, or what only a key turns back into it."""

from hashlib import sha256
from typing import Protocol


class Cipher(Protocol):
    """Encrypts contents, each for its place in the file, and decrypts them.

    A fingerprint tells a content from others.
    """

    def encrypt(self, content: bytes, *place: object) -> bytes: ...
    def decrypt(self, content: bytes, *place: object) -> bytes: ...
    def fingerprint(self, content: bytes) -> bytes: ...


class Plain:
    """The cipher of a file without a key: contents are stored as they are."""

    def encrypt(self, content: bytes, *_: object) -> bytes:
        return content

    def decrypt(self, content: bytes, *_: object) -> bytes:
        return content

    def fingerprint(self, content: bytes) -> bytes:
        return sha256(content).digest()
