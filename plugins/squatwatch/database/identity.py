"""The database's own name: a random word in it, by which two databases are told apart whatever leads to them."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from squatwatch.database.engine import alone, engine_with, metadata, named_errors
from squatwatch.settings import Settings

identity = sa.Table("database_identity", metadata, sa.Column("word", sa.String(32), primary_key=True))


def identity_of(settings: Settings) -> str:
    """Return the word of the database, which is made when it is asked for the first time. Raises as `engine_with`."""
    engine = engine_with(settings, identity)
    with named_errors(engine), alone(engine, identity) as connection:
        word = connection.execute(sa.select(identity.c.word)).scalar()
        if word is None:
            word = uuid.uuid4().hex
            connection.execute(identity.insert().values(word=word))
        return str(word)
