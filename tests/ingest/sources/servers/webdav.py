"""A server of WebDAV (wsgidav) for one folder, by the HTTP server of Werkzeug. Run with the folder, a user and a password."""

from __future__ import annotations

import sys
import threading

from tests.ingest.sources.servers.process import say_ready, wait_for_the_end


def main(folder: str, user: str, password: str) -> None:
    from werkzeug.serving import make_server
    from wsgidav.wsgidav_app import WsgiDAVApp

    app = WsgiDAVApp(
        {
            "provider_mapping": {"/papers": folder},
            "simple_dc": {"user_mapping": {"*": {user: {"password": password}}}},
            "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
            "verbose": 0, "logging": {"enable": False}, "property_manager": True, "lock_storage": False,
        }
    )  # fmt: skip
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say_ready(server.server_port)
    wait_for_the_end()


if __name__ == "__main__":
    main(*sys.argv[1:])
