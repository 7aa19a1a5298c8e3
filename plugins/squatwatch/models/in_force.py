"""The networks in force: which artifact scores which brand of the list, and what stands in the way of the others."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from squatwatch.errors import SquatwatchError
from squatwatch.lists.brands import read_models
from squatwatch.lists.brands_in_force import brands_path
from squatwatch.models.registry import GENERAL, Family, family, general_model
from squatwatch.settings import Settings


@dataclass(frozen=True)
class Artifact:
    """A network of a family, as a folder whose files were checked."""

    family: str
    folder: Path
    version: str


@dataclass(frozen=True)
class ModelsInForce:
    """The networks that score the brands of the list.

    `of_brand`: those of brands that name a family; all others are scored by the general one, and so are brands whose
    family cannot be used, for each of which `problems` has a sentence.
    """

    general: Artifact
    of_brand: Mapping[str, Artifact]
    problems: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """The version of all together: that of the general network where it is the only one.

        Else it is followed by a hash of which brands are scored by which others.
        """
        if not self.of_brand:
            return self.general.version
        written = repr([(brand, artifact.version) for brand, artifact in sorted(self.of_brand.items())])
        return f"{self.general.version}.{hashlib.sha256(written.encode()).hexdigest()[:8]}"

    def of(self, brand: str) -> Artifact:
        """Return the network that scores a brand."""
        return self.of_brand.get(brand, self.general)


def models_in_force(settings: Settings, version_of: Callable[[Path], str]) -> ModelsInForce:
    """Return the networks in force. `version_of(folder)` checks an artifact and returns its version.

    A family that cannot be used does not stop the others. Raises SquatwatchError where the general one cannot be used,
    and for a brand list that cannot be read.
    """
    folder = general_model(settings)
    general = Artifact(GENERAL, folder, version_of(folder))
    named = read_models(brands_path(settings))
    usable: dict[str, Artifact] = {GENERAL: general}
    problems = []
    for name in sorted(set(named.values()) - {GENERAL}):
        try:
            usable[name] = artifact_in_use(family(settings.home, name), version_of)
        except SquatwatchError as error:
            brands = sorted(brand for brand, of_brand in named.items() if of_brand == name)
            problems.append(f"the general model scores {', '.join(brands)}: {error}")
    of_brand = {brand: usable[name] for brand, name in named.items() if name in usable and name != GENERAL}
    return ModelsInForce(general, of_brand, tuple(problems))


def artifact_in_use(kept: Family, version_of: Callable[[Path], str]) -> Artifact:
    """Return the artifact of a family that is in use.

    Raises SquatwatchError where there is none, nobody said which of several, or it cannot be used.
    """
    return checked_artifact(kept, kept.demand_in_use(), version_of)


def checked_artifact(kept: Family, version: str, version_of: Callable[[Path], str]) -> Artifact:
    """Return a version of a family. Raises SquatwatchError where it is not kept or cannot be used."""
    folder = kept.artifact(version)
    named = version_of(folder)
    if folder.parent == kept.folder and named != folder.name:
        raise SquatwatchError(f"{folder} holds the model {named}: name the folder after it")
    return Artifact(kept.name, folder, named)
