"""An OpenID provider on this machine: it lets in whoever comes, as the person it was made for, and signs what it says."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

CLIENT = "setu"


class Provider:
    """Where it is, and the claims of the person who comes next."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.claims: dict[str, Any] = {}
        self.nonce = ""
        self.access = "access"
        self.denies = False
        self.key = self.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def token(self) -> str:
        now = int(time.time())
        said = {"iss": self.address, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 600, "nonce": self.nonce} | self.claims
        signed = f"{_part({'alg': 'RS256', 'kid': 'one', 'typ': 'JWT'})}.{_part(said)}"
        return f"{signed}.{_base64(self.signs_with.sign(signed.encode(), padding.PKCS1v15(), SHA256()))}"

    def keys(self) -> dict[str, Any]:
        public = self.key.public_key().public_numbers()
        n, e = (_base64(number.to_bytes((number.bit_length() + 7) // 8)) for number in (public.n, public.e))
        return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one", "n": n, "e": e}]}


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that answers until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            if asked.path == "/authorize":
                query = {key: value[0] for key, value in parse_qs(asked.query).items()}
                made.nonce = query["nonce"]
                self.send_response(302)
                told = {"error": "access_denied"} if made.denies else {"code": "once"}
                self.send_header("Location", f"{query['redirect_uri']}?{urlencode({**told, 'state': query['state']})}")
                self.end_headers()
            elif asked.path == "/keys":
                self._said(made.keys())
            elif asked.path == "/.well-known/openid-configuration":
                ends = {f"{name}_endpoint": f"{made.address}/{path}" for name, path in (("authorization", "authorize"), ("token", "token"))}
                self._said({"issuer": made.address, "jwks_uri": f"{made.address}/keys"} | ends)
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", "0")))
            self._said({"access_token": made.access, "token_type": "Bearer", "expires_in": 600, "id_token": made.token()})

        def _said(self, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Provider(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


def _part(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
