"""Messages over a socket, each with its length in front: what comes from a process that is not trusted is bytes until it is checked."""

from __future__ import annotations

import socket
import struct
from typing import Final

_LENGTH: Final = struct.Struct(">Q")
_READ: Final = 1 << 20


class MalformedReplyError(Exception):
    """A reading process sent what is no answer of ours; the message says what is wrong with it."""


class Channel:
    """One end. ``most`` bounds what is accepted in one message, in bytes."""

    def __init__(self, end: socket.socket, most: int, patience: float | None = None) -> None:
        """``patience``: seconds after which a send to somebody who does not read fails; None waits."""
        self._socket = end
        self._socket.settimeout(patience)
        self._most = most
        self._come = bytearray()

    def fileno(self) -> int:
        """The descriptor, to wait on."""
        return self._socket.fileno()

    def send(self, message: bytes) -> None:
        """Send one message.

        Raises:
            OSError: the other end is gone, or does not read.
        """
        self._socket.sendall(_LENGTH.pack(len(message)))
        self._socket.sendall(message)

    def arrived(self) -> list[bytes]:
        """Read once, and return the messages that are complete by now: none, where one is still on its way.

        Raises:
            EOFError: the other end is gone.
            MalformedReplyError: a message is announced that is larger than ``most``.
        """
        try:
            read = self._socket.recv(_READ)
        except OSError as error:  # the connection was reset: it died with our message unread
            raise EOFError from error
        if not read:
            raise EOFError
        self._come += read
        messages: list[bytes] = []
        at = 0
        while len(self._come) - at >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._come, at)
            if length > self._most:
                raise MalformedReplyError(f"a message of {length} bytes, where {self._most} are allowed")
            end = at + _LENGTH.size + length
            if len(self._come) < end:
                break
            messages.append(bytes(self._come[at + _LENGTH.size : end]))
            at = end
        del self._come[:at]
        return messages

    def close(self) -> None:
        """Close this end."""
        self._socket.close()
