"""Mend the documentation page that dbt makes: it cuts descriptions short and fills the console with errors."""

from __future__ import annotations

# text of dbt's page: what stands there instead
MENDED = {
    # the icons of the tree: the browser loaded the template's own text as an address
    '<use xlink:href="{{ getIcon(item.type, ': '<use ng-attr-href="{{ getIcon(item.type, ',
    # an icon that was never put into the page
    """<link rel="shortcut icon" href="${require('./assets/favicons/favicon.ico')}"/>""": "",
    # the column "Description" showed its first eight letters
    "text-overflow: ellipsis; overflow-x: hidden; white-space: nowrap; max-width: 1px;": "min-width: 24rem;",
}


def mended(page: str) -> str:
    """Return dbt's page with whole descriptions and without errors in the browser's console."""
    for faulty, right in MENDED.items():
        page = page.replace(faulty, right)
    return page
