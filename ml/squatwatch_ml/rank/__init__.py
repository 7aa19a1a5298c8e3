"""Reading a date's scored names again with what the network does not see: the brand, the others of the day, the judged.

Imports `explain`, `network`, `pair`, `text`.
"""
