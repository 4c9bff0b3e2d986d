"""A server of SMB 2 (impacket) with one share, "papers". Run with its folder, a user and a password: it says its port."""

from __future__ import annotations

import socket
import sys
import threading

from tests.ingest.sources.servers.process import say_ready, wait_for_the_end


def main(folder: str, user: str, password: str) -> None:
    from impacket.ntlm import compute_lmhash, compute_nthash
    from impacket.smbserver import SimpleSMBServer

    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    server = SimpleSMBServer("127.0.0.1", port)
    server.addShare("PAPERS", folder, "")
    server.setSMB2Support(True)
    server.addCredential(user, 0, compute_lmhash(password), compute_nthash(password))
    threading.Thread(target=server.start, daemon=True).start()
    say_ready(port)
    wait_for_the_end()


if __name__ == "__main__":
    main(*sys.argv[1:])
