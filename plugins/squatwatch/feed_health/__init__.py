"""Feed health, the gate between load and transform: is a date's list what its source usually sends?

The verdict on a date is a function of the date's lists, of those of the loaded dates in the window before it, of the
rules (`feed_health.yml`) and of what somebody accepted. The partition says in its footer which ones it was judged on,
so a date that was judged before an earlier one was loaded is told from one that need not be judged again.
"""

from squatwatch.feed_health.judge import accept_date, check_date, is_current, judge_date
from squatwatch.feed_health.judged import Judged

__all__ = ["Judged", "accept_date", "check_date", "is_current", "judge_date"]
