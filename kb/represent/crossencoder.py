"""Opens a sentence-transformers CrossEncoder, which reads two texts together: for reranking, and for verifying."""

from __future__ import annotations

from typing import Any

from kb.errors import MissingExtraError, SettingsError


def open_cross_encoder(model: str, allow_download: bool, role: str, setting: str) -> Any:
    """The model, by name or path.

    Args:
        model: its name or folder.
        allow_download: whether it may be fetched from the network.
        role: what it is here ("reranker"), for the messages.
        setting: the setting that names it, for the messages.

    Raises:
        MissingExtraError: sentence-transformers is not installed.
        SettingsError: the model cannot be found or loaded.
    """
    try:
        from sentence_transformers import CrossEncoder
    except ImportError as error:
        raise MissingExtraError(
            f"The {role} {model!r} needs sentence-transformers, which is not installed. "
            f"Run `make models` (or pip install 'setu-qa[models]'), or unset {setting}."
        ) from error
    try:
        return CrossEncoder(model, local_files_only=not allow_download)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The {role} {model!r} could not be loaded: {error}. "
            f"Give a folder that holds the model, or set SETU_ALLOW_DOWNLOAD=1 once to fetch it, or unset {setting}."
        ) from error
