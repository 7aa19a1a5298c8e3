"""The store of a URL."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from squatwatch.settings import Settings
from squatwatch.store.base import Store
from squatwatch.store.folder import FolderStore
from squatwatch.store.s3 import S3Store


def open_store(settings: Settings) -> Store:
    """Return the store that is the data root. Nothing is asked of it yet."""
    assert settings.store_url
    parts = urlsplit(settings.store_url, allow_fragments=False)
    if parts.scheme == "file":
        return FolderStore(Path(parts.path))
    return S3Store(parts.netloc, parts.path.strip("/"), settings.store_connection, settings.store_kms_key)
