"""The region's signing key: activation codes and action messages (facts 7.2)."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
import jwt


class SigningKey:
    """An ES256 key with its id."""

    def __init__(self, kid: str = "pouQGkfpKyw5i2Dmz1ncTExi") -> None:
        """Make a new key."""
        self.kid = kid
        self.private = ec.generate_private_key(ec.SECP256R1())

    def jwk(self) -> dict[str, str]:
        """The public half (facts 7.2)."""
        numbers = self.private.public_key().public_numbers()
        return {
            "kty": "EC",
            "use": "sig",
            "crv": "P-256",
            "kid": self.kid,
            "x": _coordinate(numbers.x),
            "y": _coordinate(numbers.y),
            "alg": "ES256",
        }

    def sign(self, payload: Mapping[str, Any]) -> str:
        """A compact JWT with the header `{"kid", "typ": "JWT", "alg": "ES256"}`."""
        return jwt.encode(
            dict(payload), self.private, algorithm="ES256", headers={"kid": self.kid}
        )


def _coordinate(value: int) -> str:
    return urlsafe_b64encode(value.to_bytes(32)).rstrip(b"=").decode()


def hydra_id(region: str, kind: str, uuid: str) -> str:
    """A public id: base64 of `ciscospark://urn:TEAM:<region>/<kind>/<uuid>` (facts 6.3)."""
    raw = f"ciscospark://urn:TEAM:{region}/{kind}/{uuid}"
    return urlsafe_b64encode(raw.encode()).rstrip(b"=").decode()
