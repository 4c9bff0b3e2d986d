"""Who may see a document and who may change it, and whether its text may leave the house; and that all this is recorded."""

from __future__ import annotations

from collections.abc import Collection

from kb.auth.accounts import checked_groups
from kb.auth.roles import ANYONE, Reader, Role
from kb.errors import AccessError
from kb.records import DocumentInfo
from kb.store import access_control
from kb.store.catalogue import Catalogue
from kb.store.user_data.audit_log import Audit


class DocumentAccess:
    """The documents that a reader sees, and for whom else they are there."""

    def __init__(self, catalogue: Catalogue, reader: Reader = ANYONE) -> None:
        self.reader = reader
        self.audit = Audit(catalogue, reader)
        self._catalogue = catalogue

    def document(self, document_id: int) -> DocumentInfo:
        """One document; `UnknownDocumentError` when there is none of that id."""
        return self._catalogue.document(document_id)

    def groups(self) -> tuple[str, ...]:
        """The access groups that the reader may put documents into, as far as they are known: their own, or all that have documents."""
        if self.reader.groups is not None:
            return tuple(sorted(self.reader.groups))
        with self._catalogue.read() as conn:
            return access_control.names(conn)

    def put_in_groups(self, document_id: int, groups: Collection[str]) -> None:
        """Let a document belong to these access groups only; to none: then everybody sees it.

        Groups that the reader has not stay as they are.

        Raises:
            AccessError: the reader is no editor, or has not these groups.
            AccountsError: a group has a name that cannot be one.
            UnknownDocumentError: there is none of that id.
        """
        self._needs("editor")
        info = self.document(document_id)
        wanted = self._own(groups)
        with self._catalogue.keeping("The access groups", self.reader, "editor") as conn:
            held = frozenset(access_control.groups(conn, [document_id]).get(document_id, ()))
            kept = held - self.reader.groups if self.reader.groups is not None else frozenset()
            access_control.put(conn, document_id, kept | wanted)
        self.recorded("groups_changed", f"#{document_id} {info.title}: {', '.join(sorted(wanted)) or 'none'}")

    def keep_in_house(self, document_id: int, *, kept: bool) -> None:
        """Have no text of a document go to a language model outside the house, in none of its versions; or let it go there again.

        Raises:
            AccessError: the reader is no editor.
            UnknownDocumentError: there is none of that id.
        """
        self._needs("editor")
        info = self.document(document_id)
        with self._catalogue.keeping("What may leave the house", self.reader, "editor") as conn:
            access_control.keep_in_house(conn, document_id, kept=kept)
        self.recorded("corrected", f"#{document_id} {info.title}: {'stays in' if kept else 'may leave'} the house")

    def _in_house(self) -> frozenset[int]:
        """The documents of which no text goes to a language model outside the house, whoever may see them."""
        with self._catalogue.read() as conn:
            return access_control.kept_in_house(conn)

    def exported(self, about: str, *, role: Role = "viewer") -> None:
        """Enter into the audit log that the reader takes something away as a file, right before they are given it.

        Raises:
            AccessError: they are signed out meanwhile, or may no longer do what takes this role.
        """
        self.reader.still(role)
        self.recorded("exported", about)

    def recorded(self, action: str, *about: str) -> None:
        """Enter into the audit log that the reader did something; once for each of ``about``."""
        self.audit.record(self.reader, action, *about)

    def _own(self, groups: Collection[str]) -> frozenset[str]:
        """Names of groups that the reader has, in one form."""
        wanted = checked_groups(groups) or frozenset()
        if self.reader.groups is not None and not wanted <= self.reader.groups:
            yours = ", ".join(sorted(self.reader.groups)) or "none"
            raise AccessError(f"You can put documents into your own access groups only ({yours}). Ask an admin for others.")
        return wanted

    def _needs_all(self) -> None:
        """What concerns every document, whoever may see it."""
        self._needs("admin")
        if self.reader.groups is not None or self.reader.collections is not None:
            raise AccessError("This concerns every document and takes an admin of all access groups. Ask one.")

    def _needs(self, role: Role) -> None:
        if not self.reader.may(role):
            raise AccessError(f"This takes the role {role}, and yours is {self.reader.role}. Ask an admin of this Setu for it.")
        self.reader.still(role)
