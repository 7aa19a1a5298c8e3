"""Failures as Airflow knows them: worth a retry, or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from airflow.sdk.exceptions import AirflowException, AirflowFailException

from squatwatch.errors import NotPublishedYet, SquatwatchError, TryLater, squatwatch_error


@contextmanager
def failures_for_airflow() -> Iterator[None]:
    """Leave to Airflow's retries what is worth another try; fail at once with anything else that squatwatch names.

    Causes are cut off: an exception of an HTTP library quotes the URL, which may carry the credentials of a paid feed.
    """
    try:
        yield
    except (NotPublishedYet, TryLater) as error:
        raise AirflowException(str(error)) from None
    except SquatwatchError as error:
        raise AirflowFailException(str(error)) from None
    except OSError as error:
        if named := squatwatch_error(error):
            raise AirflowFailException(str(named)) from None
        raise
