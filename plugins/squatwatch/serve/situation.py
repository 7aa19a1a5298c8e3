"""What the server goes by besides the request: brands, models in force, thresholds, allowlist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from squatwatch.lists.allowlist import allowlist_path, read_allowlist
from squatwatch.lists.brands import read_brands, read_models
from squatwatch.lists.brands_in_force import brands_path
from squatwatch.lists.excuses import Excuses
from squatwatch.lists.thresholds import stored_thresholds
from squatwatch.models.in_force import ModelsInForce
from squatwatch.models.loading import checked_models
from squatwatch.models.registry import GENERAL
from squatwatch.settings import Settings
from squatwatch.store.door import follow


@dataclass(frozen=True)
class Situation:
    """Models and lists in force. `families`: by brand the model that the list names; `calibrated`: thresholds."""

    models: ModelsInForce
    brands: Sequence[str]
    families: Mapping[str, str]
    calibrated: Mapping[str, float]
    by_hand: float | None
    excuses: Excuses

    def brands_of(self, family: str) -> list[str]:
        """Return the brands of a family, whose network is looked for them."""
        return [brand for brand in self.brands if self.families.get(brand, GENERAL) == family]

    def calibrated_for(self, folder: Path) -> Mapping[str, float]:
        """Return the thresholds that were fitted to a network: those of brands that it scores now."""
        return {brand: value for brand, value in self.calibrated.items() if self.models.of(brand).folder == folder}

    def excuse(self, domain: str) -> str | None:
        """Return why a name needs no alarm today, in words; None where it needs one."""
        excuse = self.excuses.of(domain, datetime.now(UTC).date())
        return excuse.words if excuse else None


def look(settings: Settings) -> Situation:
    """Return the situation, after what is new of a data root in a store was brought.

    Raises SquatwatchError where a list or the general model cannot be read, or a store does not answer.
    """
    follow(settings, [])
    models, path = checked_models(settings), brands_path(settings)
    stored = stored_thresholds(settings.home, models.version)
    brands = read_brands(path)
    return Situation(
        models,
        sorted(set(brands["brand"])),
        read_models(path),
        dict(stored.select("brand", "threshold").iter_rows()),
        settings.threshold,
        Excuses(read_allowlist(allowlist_path(settings)), brands),
    )
