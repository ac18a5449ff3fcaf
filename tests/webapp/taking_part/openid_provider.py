"""A small OpenID Connect provider for tests, made with Authlib; a program of its own on the loopback.

Run as ``python -m tests.webapp.taking_part.openid_provider PORT``. Whoever asks says who they are (``user``) and how
the provider is to misbehave (``trick``): it is the other side of the tests, not something to sign in with.
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from typing import Any

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
warnings.simplefilter("ignore")

from authlib.integrations.flask_oauth2 import AuthorizationServer  # noqa: E402
from authlib.oauth2.rfc6749 import ClientMixin, grants  # noqa: E402
from authlib.oauth2.rfc7636 import CodeChallenge  # noqa: E402
from flask import Flask, jsonify, request  # noqa: E402
from joserfc import jwk, jwt  # noqa: E402

ISSUER = f"http://127.0.0.1:{sys.argv[1] if len(sys.argv) > 1 else 0}"
KEY, OTHER_KEY = (jwk.RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"}) for _ in range(2))
CODES: dict[str, Code] = {}


class Client(ClientMixin):
    client_id = "ihub"

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/taking-part/openid/return")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == "between-us"  # noqa: S105 - known to the tests

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code:
    def __init__(self, code: str, asked: Any) -> None:
        self.code, self.client_id = code, "ihub"
        self.redirect_uri, self.scope = asked.payload.redirect_uri, asked.payload.scope
        data = asked.payload.data
        self.nonce, self.code_challenge = data.get("nonce"), data.get("code_challenge")
        self.code_challenge_method = data.get("code_challenge_method")
        self.user, self.trick = request.args.get("user", ""), request.args.get("trick", "")

    def get_redirect_uri(self) -> str:
        return str(self.redirect_uri)

    def get_scope(self) -> str:
        return str(self.scope)


class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]  # noqa: RUF012 - Authlib's

    def save_authorization_code(self, code: str, request: Any) -> None:
        CODES[code] = Code(code, request)

    def query_authorization_code(self, code: str, _client: Client) -> Code | None:
        return CODES.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        del CODES[authorization_code.code]

    def authenticate_user(self, authorization_code: Code) -> str:
        return authorization_code.user

    def create_token_response(self) -> Any:
        code = self.request.authorization_code
        status, body, headers = super().create_token_response()
        return status, {**body, "id_token": id_token(code)}, headers


def id_token(code: Code) -> str:
    at, trick = int(time.time()), code.trick
    claims = {
        "iss": "https://elsewhere.example" if trick == "issuer" else ISSUER,
        "aud": ["somebody-else"] if trick == "audience" else ["ihub"],
        "sub": f"subject of {code.user}",
        "iat": at - 4000,
        "exp": at - 3600 if trick == "expired" else at + 300,
        "nonce": "another" if trick == "nonce" else code.nonce,
        "email": f"{code.user}@school.example",
        "email_verified": trick != "unverified",
        "name": code.user.title(),
    }
    if trick == "unsigned":
        return jwt.encode({"alg": "none"}, claims, KEY, algorithms=["none"])
    if trick == "secret":
        return jwt.encode({"alg": "HS256"}, claims, jwk.OctKey.import_key("between-us"), algorithms=["HS256"])
    return jwt.encode({"alg": "RS256", "kid": "1"}, claims, OTHER_KEY if trick == "key" else KEY)


def create_provider() -> Flask:
    app = Flask(__name__)
    client = Client()
    server = AuthorizationServer(
        app, query_client=lambda name: client if name == "ihub" else None, save_token=lambda *_: None
    )
    server.register_grant(CodeGrant, [CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def configuration() -> Any:
        names = {"authorization": "authorization_endpoint", "token": "token_endpoint", "jwks": "jwks_uri"}
        return jsonify(issuer=ISSUER, **{name: f"{ISSUER}/{path}" for path, name in names.items()})

    @app.get("/authorization")
    def authorization() -> Any:
        grant = server.get_consent_grant(end_user=request.args["user"])
        return server.create_authorization_response(grant_user=request.args["user"], grant=grant)

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    @app.get("/jwks")
    def jwks() -> Any:
        return jsonify(keys=[KEY.as_dict(private=False)])

    return app


if __name__ == "__main__":
    create_provider().run("127.0.0.1", int(sys.argv[1]), threaded=True)
