"""One mail a batch, through Airflow's own notifier. A mail cannot be taken back: after a kill it may come twice."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence

from squatwatch.alerts.connections import connection_of
from squatwatch.alerts.failures import Busy, Misconfigured
from squatwatch.alerts.formats.digest import digest
from squatwatch.alerts.sinks import EmailSink
from squatwatch.alerts.transports.base import Document
from squatwatch.net.trust import remedy_of

EXAMPLE = '{"conn_type": "smtp", "host": "…", "port": 465, "login": "…", "password": "…"}'


class EmailTransport:
    """A transport that mails digests. Making one raises Misconfigured where the connection is missing."""

    def __init__(self, sink: EmailSink):
        connection_of(sink.connection, EXAMPLE)
        self._sink = sink

    def send(self, batch: str, documents: Sequence[Document]) -> None:
        """Send one mail about the batch."""
        from airflow.providers.smtp.notifications.smtp import SmtpNotifier
        from airflow.sdk.exceptions import AirflowException

        mail = digest([document.alert for document in documents])
        notifier = SmtpNotifier(
            to=list(self._sink.to),
            from_email=self._sink.sender,
            subject=mail.subject,
            html_content=mail.html,
            custom_headers={"Message-ID": f"<{batch}@squatwatch>"},  # a mail that comes again can be told
            smtp_conn_id=self._sink.connection,
        )
        try:
            notifier.notify({})
        except smtplib.SMTPResponseException as error:
            if 400 <= error.smtp_code < 500:
                raise Busy(f"the mail server answered {error.smtp_code}", error.smtp_code) from None
            raise Misconfigured(f"the mail server refuses ({error.smtp_code})", error.smtp_code) from None
        except smtplib.SMTPRecipientsRefused as error:
            codes = sorted({code for code, _ in error.recipients.values()})
            if codes and all(400 <= code < 500 for code in codes):
                raise Busy(f"the mail server takes no recipient now ({codes[0]})", codes[0]) from None
            raise Misconfigured(
                "the mail server refuses the recipients; check `to`", codes[-1] if codes else None
            ) from None
        except ssl.SSLCertVerificationError:
            raise Misconfigured(f"the mail server has a certificate that is not trusted; {remedy_of()}") from None
        except (smtplib.SMTPException, OSError, AirflowException) as error:
            raise Busy(f"the mail server gave no proper answer ({type(error).__name__})") from None
