"""A folder by SFTP, through `paramiko`: as much of a file system as `ingest.sources.remote_files` asks for.

A server whose key is not known is refused, names need not be UTF-8, and links are told as links: nobody is led out of the folder.
"""

from __future__ import annotations

import io
import stat
from pathlib import Path
from typing import IO, Any, Final, NoReturn
from urllib.parse import urlsplit

import paramiko
import regex
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_ssh_private_key,
)
from paramiko.sftp import CMD_CLOSE, CMD_HANDLE, CMD_NAME, CMD_OPENDIR, CMD_READDIR
from paramiko.sftp_attr import SFTPAttributes

from ingest.sources.entries import Address, SourceError

TIMEOUT_S: Final = 60.0
"""How long one answer is waited for."""
_AHEAD: Final = 64
"""Parts of a file that are asked for before the first has come."""
_KEYS: Final = (
    (Ed25519PrivateKey, paramiko.Ed25519Key, PrivateFormat.OpenSSH),
    (RSAPrivateKey, paramiko.RSAKey, PrivateFormat.TraditionalOpenSSL),
    (EllipticCurvePrivateKey, paramiko.ECDSAKey, PrivateFormat.TraditionalOpenSSL),
)
"""Kinds of keys, and in which form `paramiko` takes each."""
_ODD: Final = regex.compile(rb"\\x([89a-f][0-9a-f])")


class SftpFolder:
    r"""A connection to a server. A byte of a name that is not UTF-8 is written ``\xe9``."""

    def __init__(self, address: Address) -> None:
        self._client = paramiko.SSHClient()
        try:
            self._sign_in(address)
            self._ftp = self._client.open_sftp()
            self._ftp.get_channel().settimeout(TIMEOUT_S)
        except BaseException:
            self._client.close()
            raise

    def ls(self, path: str, detail: bool = True) -> list[dict[str, Any]]:
        """What lies in a folder."""
        kind, said = self._ftp._request(CMD_OPENDIR, _raw(path))
        if kind != CMD_HANDLE:
            raise paramiko.SFTPError("A folder was not opened.")
        handle = said.get_string()
        found = []
        while True:
            try:
                kind, said = self._ftp._request(CMD_READDIR, handle)
            except EOFError:
                break
            if kind != CMD_NAME:
                raise paramiko.SFTPError("A folder was not listed.")
            for _ in range(said.get_int()):
                name = said.get_string().decode("utf-8", "backslashreplace")
                said.get_string()
                found.append(self._told(f"{path.rstrip('/')}/{name}", SFTPAttributes._from_msg(said)))
        self._ftp._request(CMD_CLOSE, handle)
        return found

    def open(self, path: str, mode: str = "rb") -> IO[bytes]:
        """A file to read."""
        stream = self._ftp.open(_raw(path), mode)
        stream.prefetch(stream.stat().st_size, _AHEAD)
        opened: IO[bytes] = stream
        return opened

    def close(self) -> None:
        """End the connection."""
        self._client.close()

    def _told(self, path: str, attributes: SFTPAttributes) -> dict[str, Any]:
        if attributes.st_mode is None:  # a server need not tell it in a listing
            attributes = self._ftp.lstat(_raw(path))
        kinds = ((stat.S_ISDIR, "directory"), (stat.S_ISLNK, "link"), (stat.S_ISREG, "file"))
        kind = next((name for test, name in kinds if test(attributes.st_mode or stat.S_IFREG)), "other")
        return {"name": path, "type": kind, "size": attributes.st_size, "mtime": attributes.st_mtime}

    def _sign_in(self, address: Address) -> None:
        parts = urlsplit(address.address)
        host, port, user = parts.hostname or "", parts.port or 22, address.option("user")
        known = address.option("known_hosts")
        try:
            self._client.load_system_host_keys(str(Path(known).expanduser()) if known else None)
        except OSError as error:
            raise SourceError(f"The file {known} of known keys cannot be read. Check the option known_hosts.") from error
        self._client.set_missing_host_key_policy(_Unknown(host, port, known))
        key = _private_key(address.secret)
        try:
            self._client.connect(
                host, port, user or None, None if key else address.secret or None, key,
                timeout=TIMEOUT_S, banner_timeout=TIMEOUT_S, auth_timeout=TIMEOUT_S,
                allow_agent=not address.secret, look_for_keys=not address.secret,
            )  # fmt: skip
        except paramiko.BadHostKeyException as error:
            named = host if port == 22 else f"[{host}]:{port}"
            raise SourceError(
                f"The key of {host} is another one than is known here ({error.key.fingerprint}): either its server was set up anew, or "
                f"another stands in its place. Ask its administrator. If the new key is theirs, forget the old one, then add the new: "
                f"ssh-keygen -R '{named}' -f {known or '~/.ssh/known_hosts'}; {_add(host, port, known)}"
            ) from error
        except paramiko.AuthenticationException as error:
            raise SourceError(f"{address.address} does not let {user or 'nobody'} in. Check the user, and the password or key.") from error


class _Unknown(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
    """Refuses a server whose key is not known, and says how to make it known."""

    def __init__(self, host: str, port: int, known: str) -> None:
        self._host, self._port, self._known = host, port, known

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> NoReturn:
        """Refuse it."""
        raise SourceError(
            f"The key of {self._host} is not known here ({key.get_name()} {key.fingerprint}), so nothing was sent. Compare it with the one "
            f"that its administrator names, then add it: {_add(self._host, self._port, self._known)}"
        )


def _add(host: str, port: int, known: str) -> str:
    return f"ssh-keyscan -p {port} {host} >> {known or '~/.ssh/known_hosts'}"


def _private_key(secret: str) -> paramiko.PKey | None:
    """The key that a secret is; None for a password."""
    if not secret.startswith("-----BEGIN "):
        return None
    load = load_ssh_private_key if "OPENSSH" in secret.partition("\n")[0] else load_pem_private_key
    try:
        key = load(f"{secret}\n".encode(), None)
    except TypeError:
        raise SourceError("The private key is locked with a passphrase. Give one without, made for this purpose alone.") from None
    except (ValueError, UnsupportedAlgorithm):
        raise SourceError("The private key cannot be read. Give one of OpenSSH: Ed25519, RSA or ECDSA.") from None
    for kind, made, form in _KEYS:
        if isinstance(key, kind):
            return made.from_private_key(io.StringIO(key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()))
    raise SourceError("The private key is of a kind that is not spoken. Give one of OpenSSH: Ed25519, RSA or ECDSA.")


def _raw(path: str) -> bytes:
    """A path as the server has it."""
    return _ODD.sub(lambda match: bytes.fromhex(match[1].decode()), path.encode())
