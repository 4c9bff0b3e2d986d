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

from kb.accounts import Accounts
from kb.sessions import Sessions
from ui.door import COOKIE

SAME = "the address itself"


def cookie_of(home: Path, name: str) -> str:
    """The cookie of somebody who has just signed in."""
    return f"{COOKIE}={Sessions(home, 12).begin(Accounts(home).get(name))}"


@contextmanager
def opened(address: str, cookie: str = "", origin: str | None = SAME, session: str = "") -> Iterator[ClientConnection]:
    """An open web socket; ``session`` asks for one that lost its connection."""
    target = address.replace("http", "ws", 1) + "/_stcore/stream"
    protocols = ["streamlit", *(["PLACEHOLDER", session] if session else [])]
    with connect(
        target,
        origin=Origin(address) if origin == SAME else None if origin is None else Origin(origin),
        additional_headers={"Cookie": cookie} if cookie else {},
        subprotocols=[Subprotocol(one) for one in protocols],
        max_size=None,
        compression=None,
        open_timeout=30,
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
    asked = BackMsg()
    asked.rerun_script.query_string = "lang=en"
    socket.send(asked.SerializeToString())
    session = ""
    while True:
        message = ForwardMsg.FromString(socket.recv(60, decode=False))
        if message.WhichOneof("type") == "new_session":
            session = message.new_session.initialize.session_id
        if message.WhichOneof("type") == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return session
