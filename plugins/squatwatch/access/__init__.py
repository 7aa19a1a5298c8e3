"""Who may ask the server for scores: signatures of AWS clients, and IAM policies, without knowing any web framework.

The server makes one `Door(access_file)` when it starts, and passes each request through it:

    try:
        principal = door.authorize(
            Request(method, raw_path, query_string, headers, sha256(body).hexdigest(), source_ip, is_tls),
            target_model, endpoint, datetime.now(UTC),
        )
    except Refused as refused:
        return answer(refused.status, refused.headers, refused.body)  # and the header Date

`docs/serving-access.md` describes the access file.

Imports `errors`, `settings`.
"""

from squatwatch.access.door import Door
from squatwatch.access.principal import Principal
from squatwatch.access.refused import Refused
from squatwatch.access.request import Request

__all__ = ["Door", "Principal", "Refused", "Request"]
