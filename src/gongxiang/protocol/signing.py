"""Keys, signatures and sealed secrets for every program: SM2 with SM3 by default, Ed25519 second, SM4-GCM for storage.

A public key is text, `sm2:<130 hex>` or `ed25519:<64 hex>`; a signature is Base64. A hardware module is another `Signer`.
"""

import base64
import enum
import hashlib
import os
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gongxiang.protocol import sm2


class Algorithm(enum.StrEnum):
    """Signature algorithms."""

    SM2 = "sm2"
    ED25519 = "ed25519"


class KeyUnusable(ValueError):
    """The key is not one of this product's: make it anew with the command that made it."""


class SecretDamaged(ValueError):
    """A stored secret cannot be opened: the master key is another one, or the secret was altered."""


class Signer(Protocol):
    """Whoever can sign: a software key here, a hardware module elsewhere."""

    @property
    def public_key(self) -> str:
        """The public key's text."""

    @property
    def key_id(self) -> str:
        """The short name of the key."""

    def sign(self, data: bytes) -> str:
        """The signature of `data`."""


@dataclass(frozen=True, kw_only=True)
class SoftwareKey:
    """A key whose secret is in this process's memory."""

    algorithm: Algorithm
    secret: bytes = field(repr=False)
    point: bytes

    @property
    def public_key(self) -> str:
        """The public key's text."""
        return f"{self.algorithm}:{self.point.hex()}"

    @property
    def key_id(self) -> str:
        """The short name of the key: 16 hex digits."""
        return key_id(self.public_key)

    def sign(self, data: bytes) -> str:
        """The Base64 signature of `data`."""
        if self.algorithm is Algorithm.SM2:
            raw = sm2.sign(self.secret, self.point, data)
        else:
            raw = ed25519.Ed25519PrivateKey.from_private_bytes(self.secret).sign(data)
        return base64.b64encode(raw).decode("ascii")

    def export(self) -> bytes:
        """The whole key as bytes for storage; keep it sealed or in a file only its owner reads."""
        return f"{self.algorithm}:{self.secret.hex()}:{self.point.hex()}".encode("ascii")

    @classmethod
    def load(cls, stored: bytes) -> "SoftwareKey":
        """The inverse of `export`; raises KeyUnusable."""
        try:
            algorithm, secret, point = stored.decode("ascii").strip().split(":")
            key = cls(algorithm=Algorithm(algorithm), secret=bytes.fromhex(secret), point=bytes.fromhex(point))
        except ValueError as error:
            raise KeyUnusable(KeyUnusable.__doc__) from error
        if not verify(key.public_key, b"probe", key.sign(b"probe")):
            raise KeyUnusable(KeyUnusable.__doc__)
        return key


def generate(algorithm: Algorithm = Algorithm.SM2) -> SoftwareKey:
    """A new key."""
    if algorithm is Algorithm.SM2:
        secret, point = sm2.generate()
    else:
        key = ed25519.Ed25519PrivateKey.generate()
        secret, point = key.private_bytes_raw(), key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return SoftwareKey(algorithm=algorithm, secret=secret, point=point)


def key_id(public_key: str) -> str:
    """16 hex digits that name a public key."""
    return hashlib.new("sm3", public_key.encode("ascii")).hexdigest()[:16]


def verify(public_key: str, data: bytes, signature: str) -> bool:
    """Whether `signature` is of `data` by the holder of `public_key`; False for anything malformed."""
    try:
        name, _, point = public_key.partition(":")
        raw, key = base64.b64decode(signature, validate=True), bytes.fromhex(point)
        if base64.b64encode(raw).decode("ascii") != signature:
            return False  # Base64 has spare bits: one signature shall have one text.
        if Algorithm(name) is Algorithm.SM2:
            return sm2.verify(key, data, raw)
        ed25519.Ed25519PublicKey.from_public_bytes(key).verify(raw, data)
    except (ValueError, InvalidSignature):
        return False
    return True


def _storage_key(master: bytes, context: str) -> bytes:
    return hashlib.new("sm3", b"gongxiang storage\x00" + master + context.encode("utf-8")).digest()[:16]


def seal_secret(master: bytes, secret: bytes, context: str) -> bytes:
    """`secret` under SM4-GCM; `context` says what it is (a secret of one kind cannot stand in for another's)."""
    nonce = os.urandom(12)
    encryptor = Cipher(SM4(_storage_key(master, context)), GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(context.encode("utf-8"))
    sealed = encryptor.update(secret) + encryptor.finalize()
    return b"\x01" + nonce + encryptor.tag + sealed


def open_secret(master: bytes, sealed: bytes, context: str) -> bytes:
    """The inverse of `seal_secret`; raises SecretDamaged."""
    if len(sealed) < 29 or sealed[0] != 1:
        raise SecretDamaged(SecretDamaged.__doc__)
    decryptor = Cipher(SM4(_storage_key(master, context)), GCM(sealed[1:13], sealed[13:29])).decryptor()
    decryptor.authenticate_additional_data(context.encode("utf-8"))
    try:
        return decryptor.update(sealed[29:]) + decryptor.finalize()
    except InvalidTag as error:
        raise SecretDamaged(SecretDamaged.__doc__) from error
