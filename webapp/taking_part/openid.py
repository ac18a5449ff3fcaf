"""Signing in by an OpenID Connect provider: authorisation code flow with PKCE, state and nonce (OIDC Core 1.0).

Authlib makes the requests and checks PKCE; the ID token is verified by the provider's keys with joserfc, Authlib's own
successor for that. What a browser brings back counts only in the browser that began, once, and for ten minutes.
"""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwk, jwt
from joserfc.errors import JoseError
from requests import RequestException
from sqlalchemy import delete

from kg.errors import TakingPartError
from webapp.interface_language import message
from webapp.taking_part.models import OpenIdAttempt
from webapp.taking_part.moments import now
from webapp.taking_part.tokens import digest, new_token

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from kg.settings import Settings

__all__ = ["Attempt", "Claims", "finish_attempt", "keep_attempt", "new_attempt", "take_attempt"]

_MINUTES: Final = dt.timedelta(minutes=10)
_TIMEOUT: Final = 10  # seconds for each request to the provider
_ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures by a key pair only: with a shared secret anybody who knows it could sign."""

_UNREACHABLE: Final = message("The other site does not answer as it should. Try again later, or sign in by password.")
_REFUSED: Final = message("Signing in at the other site did not succeed. Begin again.")


@dataclass(frozen=True)
class Attempt:
    """A sign-in under way.

    Attributes:
        nonce: What the ID token must hold.
        verifier: The secret of PKCE.
        invitation: The invitation that it is to accept, if any.
    """

    nonce: str
    verifier: str
    invitation: str | None


@dataclass(frozen=True)
class Claims:
    """What the provider says of somebody."""

    issuer: str
    subject: str
    email: str | None
    name: str | None


def new_attempt(settings: Settings, back: str, invitation: str | None) -> tuple[Attempt, str, str]:
    """Return a sign-in, the provider's address to go to for it, and the state that the browser must keep.

    It asks the provider, so it is not to be called while the database waits.

    Raises:
        TakingPartError: The provider does not answer.
    """
    attempt, state = Attempt(new_token(), new_token() + new_token(), invitation), new_token()
    with _client(settings, back) as client:
        address, _ = client.create_authorization_url(
            _metadata(client, settings)["authorization_endpoint"],
            state=state,
            nonce=attempt.nonce,
            code_verifier=attempt.verifier,
        )
    return attempt, str(address), state


def keep_attempt(session: Session, attempt: Attempt, state: str) -> None:
    """Note a sign-in under its state, for ten minutes."""
    session.execute(delete(OpenIdAttempt).where(OpenIdAttempt.created < now() - _MINUTES))
    session.add(
        OpenIdAttempt(
            digest=digest(state),
            nonce=attempt.nonce,
            verifier=attempt.verifier,
            invitation=attempt.invitation,
            created=now(),
        )
    )


def take_attempt(session: Session, state: str) -> Attempt | None:
    """Return the sign-in of a state, which is taken once only; None where there is none, or it is too old."""
    taken = session.execute(
        delete(OpenIdAttempt)
        .where(OpenIdAttempt.digest == digest(state), OpenIdAttempt.created >= now() - _MINUTES)
        .returning(OpenIdAttempt.nonce, OpenIdAttempt.verifier, OpenIdAttempt.invitation)
    ).one_or_none()
    return Attempt(*taken) if taken else None


def finish_attempt(settings: Settings, back: str, attempt: Attempt, code: str) -> Claims:
    """Return whom the provider names for a code.

    Raises:
        TakingPartError: The provider does not answer, refuses, or answers what is not for this attempt.
    """
    with _client(settings, back) as client:
        metadata = _metadata(client, settings)
        try:
            token = client.fetch_token(
                metadata["token_endpoint"], code=code, code_verifier=attempt.verifier, timeout=_TIMEOUT
            )
            keys = client.get(metadata["jwks_uri"], withhold_token=True, timeout=_TIMEOUT).json()
            claims = jwt.decode(str(token["id_token"]), jwk.KeySet.import_key_set(keys), list(_ALGORITHMS)).claims
            _check(claims, settings, metadata["issuer"], attempt.nonce)
        except (AuthlibBaseError, JoseError, KeyError) as error:
            raise TakingPartError(_REFUSED, field="openid") from error
        except (RequestException, ValueError, TypeError) as error:
            raise TakingPartError(_UNREACHABLE, field="openid") from error
    # An address that the provider has not verified may be anybody's.
    email = claims.get("email") if claims.get("email_verified") is True else None
    return Claims(str(claims["iss"]), str(claims["sub"]), email, claims.get("name"))


def _check(claims: dict[str, Any], settings: Settings, issuer: str, nonce: str) -> None:
    """Check the claims of an ID token (OpenID Connect Core 1.0, section 3.1.3.7)."""
    registry = jwt.JWTClaimsRegistry(
        leeway=60,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": settings.openid_client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    registry.validate(claims)
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != settings.openid_client_id:
        raise TakingPartError(_REFUSED, field="openid")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise TakingPartError(_REFUSED, field="openid")


def _client(settings: Settings, back: str) -> OAuth2Session:
    return OAuth2Session(
        settings.openid_client_id,
        settings.openid_client_secret,
        scope="openid email profile",
        redirect_uri=back,
        code_challenge_method="S256",
    )


def _metadata(client: OAuth2Session, settings: Settings) -> dict[str, str]:
    """Return what the provider says of itself (OpenID Connect Discovery 1.0, section 4)."""
    address = settings.openid_issuer.rstrip("/") + "/.well-known/openid-configuration"
    try:
        found: dict[str, str] = client.get(address, withhold_token=True, timeout=_TIMEOUT).json()
    except (RequestException, ValueError) as error:
        raise TakingPartError(_UNREACHABLE, field="openid") from error
    wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri", "issuer")
    if not all(isinstance(found.get(name), str) for name in wanted) or found["issuer"] != settings.openid_issuer:
        raise TakingPartError(_UNREACHABLE, field="openid")
    return found
