"""A page of the running chat as its server sees it: a web socket with the cookies, the origin and the protocols of Streamlit's page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from kb.auth.accounts import Accounts
from kb.auth.sessions import Sessions
from ui.auth.authentication import COOKIE

SAME = "the address itself"


def cookie_of(home: Path, name: str) -> str:
    """The cookie of somebody who has just signed in."""
    return f"{COOKIE}={Sessions(home, 12).begin(Accounts(home).get(name))}"


@contextmanager
def opened(
    address: str, cookie: str = "", origin: str | None = SAME, session: str = "", token: str = "PLACEHOLDER"
) -> Iterator[ClientConnection]:
    """An open web socket; ``session`` asks for one that lost its connection, ``token`` is that of the cookie ``_streamlit_xsrf``."""
    target = address.replace("http", "ws", 1) + "/_stcore/stream"
    protocols = ["streamlit", token, *([session] if session else [])]
    with connect(
        target,
        origin=Origin(address) if origin == SAME else None if origin is None else Origin(origin),
        additional_headers={"Cookie": cookie} if cookie else {},
        subprotocols=[Subprotocol(one) for one in protocols],
        max_size=None,
        compression=None,
        open_timeout=60,
        close_timeout=2,
    ) as socket:
        yield socket


def refused(address: str, cookie: str = "", origin: str | None = SAME, session: str = "") -> Response | None:
    """The answer to a web socket that was not opened; None when it was."""
    try:
        with opened(address, cookie, origin, session):
            return None
    except InvalidStatus as error:
        return error.response


def drawn(socket: ClientConnection) -> str:
    """Have the page drawn; the session that the server gave it."""
    return next(m for m in messages(socket) if m.WhichOneof("type") == "new_session").new_session.initialize.session_id


def messages(socket: ClientConnection) -> list[ForwardMsg]:
    """Have the page drawn; what the server sent for it."""
    asked = BackMsg()
    asked.rerun_script.query_string = "lang=en"
    socket.send(asked.SerializeToString())
    found: list[ForwardMsg] = []
    while True:
        found.append(ForwardMsg.FromString(socket.recv(60, decode=False)))
        if found[-1].WhichOneof("type") == "script_finished" and found[-1].script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return found
