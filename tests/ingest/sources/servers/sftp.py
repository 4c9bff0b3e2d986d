"""A server of SFTP (asyncssh) for one folder. Run with the folder, a user, a password, and files of its key and of a key that it lets in.

A file that its owner may not read is not given, whoever runs the server.
"""

from __future__ import annotations

import asyncio
import stat
import sys
from pathlib import Path

from tests.ingest.sources.servers.process import say_ready


async def serve(folder: str, user: str, password: str, host_key: str, client_key: str) -> None:
    import asyncssh

    class Login(asyncssh.SSHServer):
        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, given: str) -> bool:
            return (username, given) == (user, password)

    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: asyncssh.SSHServerChannel) -> None:
            super().__init__(channel, chroot=folder)

        def open(self, path: bytes, flags: int, attributes: asyncssh.SFTPAttrs) -> object:
            self._may(path)
            return super().open(path, flags, attributes)

        def scandir(self, path: bytes) -> object:
            self._may(path)
            return super().scandir(path)

        def _may(self, path: bytes) -> None:
            there = Path(self.map_path(path).decode("utf-8", "surrogateescape"))
            if there.exists() and not there.stat().st_mode & stat.S_IRUSR:
                raise asyncssh.SFTPPermissionDenied("no")

    server = await asyncssh.listen(
        "127.0.0.1", 0, server_factory=Login, server_host_keys=[host_key], sftp_factory=Files,
        authorized_client_keys=client_key,
    )  # fmt: skip
    say_ready(server.sockets[0].getsockname()[1])
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
