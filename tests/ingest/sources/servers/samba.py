"""A server of SMB (Samba's smbd) with one share, "papers". Run with smbd, a folder for its own files, the share's folder and a password.

It takes no right beyond those of whoever runs it; the user is theirs. It says its port.
"""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.ingest.sources.servers.process import say_ready, wait_for_the_end

CONFIGURATION = """
[global]
server role = standalone server
private dir = {own}
state directory = {own}
lock directory = {own}
cache directory = {own}
pid directory = {own}
ncalrpc dir = {own}/rpc
log file = {own}/log
passdb backend = smbpasswd:{own}/smbpasswd
smb ports = {port}
interfaces = 127.0.0.1
bind interfaces only = yes
disable netbios = yes
load printers = no
disable spoolss = yes
map to guest = never
[papers]
path = {files}
read only = yes
"""


def main(smbd: str, own: str, files: str, password: str) -> None:
    from impacket.ntlm import compute_nthash

    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    line = (
        f"{getpass.getuser()}:{os.getuid()}:{'X' * 32}:{compute_nthash(password).hex().upper()}:[U          ]:LCT-{int(time.time()):X}:\n"
    )
    Path(own, "smbpasswd").write_text(line)
    Path(own, "smbpasswd").chmod(0o600)
    Path(own, "smb.conf").write_text(CONFIGURATION.format(own=own, port=port, files=files))
    command = [smbd, "--foreground", "--no-process-group", "-s", str(Path(own, "smb.conf"))]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 30
    while time.monotonic() < until and server.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            say_ready(port)
            wait_for_the_end()
            break
        time.sleep(0.05)
    server.terminate()
    server.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
