"""A date in shards is the date: made in any order, by several processes or machines, its tables are the same rows."""

from __future__ import annotations

import random
import shutil
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import pytest
from s3_server import connection, no_credentials_of_the_machine, s3_server
from same_tables import content
from typer.testing import CliRunner

from squatwatch import pipeline
from squatwatch.cli import app
from squatwatch.detect import by_shard
from squatwatch.detect.by_shard import ShardMade
from squatwatch.errors import TryLater
from squatwatch.lake.partitions import Lake
from squatwatch.lake.shards import Shard, shards_of
from squatwatch.lake.tables import REGISTRY
from squatwatch.settings import Settings, read_settings
from squatwatch.store import s3
from squatwatch.store.door import follow, follow_warehouse

pytestmark = pytest.mark.slow

DAY = date(2026, 11, 7)


def load(settings: Settings) -> None:
    """The sample's day, 2,745 names of which some imitate."""
    pipeline.download(settings, DAY, "sample")
    pipeline.load(settings, DAY)
    pipeline.health(settings, DAY)


def hashes(settings: Settings) -> dict[tuple, str]:
    pipeline.publish(settings)
    follow(settings)
    follow_warehouse(settings)
    return content(settings.home, [DAY])


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """A data root in which the date was made in one piece."""
    settings = read_settings(home=tmp_path_factory.mktemp("whole") / "data")
    load(settings)
    pipeline.transform(settings, DAY)
    pipeline.score(settings, DAY)
    return settings.home


@pytest.fixture(scope="module")
def whole(root) -> dict[tuple, str]:
    return hashes(read_settings(home=root))


@pytest.fixture
def loaded(root, tmp_path) -> Settings:
    """A data root in which the date was loaded, and nothing was made of it."""
    made = [table.name for step in ("transform", "score") for table in REGISTRY.required_of(step)]
    shutil.copytree(root, tmp_path / "data", ignore=shutil.ignore_patterns(*made, "detections_history", "rankings"))
    return read_settings(home=tmp_path / "data")


def made(step, settings: Settings, count: int) -> list[object]:
    """What the shards of a step return, in an order of chance."""
    return [step(settings, DAY, shard) for shard in random.Random(count).sample(shards_of(count), count)]


@pytest.mark.machines
@pytest.mark.parametrize("count", [3, 16])
def test_its_tables_are_the_same_in_any_number_of_shards(loaded, whole, count):
    *others, last = made(pipeline.transform_shard, loaded, count)
    assert [outcome.left for outcome in others] == list(range(count - 1, 0, -1))
    assert last.domain_count == 2745
    *_, scored = made(pipeline.score_shard, loaded, count)
    assert scored.detection_count == 17
    assert hashes(loaded) == whole
    assert not list((loaded.home / "shards").rglob("*.parquet"))


def test_commands_make_a_large_date_alone_or_together(loaded, whole, monkeypatch):
    """Three shards of about a thousand names: one by a command of its own, the others and the scores all at once."""
    monkeypatch.setenv("SQUATWATCH_HOME", str(loaded.home))
    monkeypatch.setenv("SQUATWATCH_SHARD_NAMES", "1000")

    def squatwatch(*arguments: str) -> str:
        ended = CliRunner().invoke(app, [*arguments, "--date", str(DAY)], catch_exceptions=False)
        assert ended.exit_code == 0
        return ended.output

    assert "shard 3/3: 915 domains" in squatwatch("transform", "--shard", "3/3")
    assert "2,745 domains, 42 brands" in squatwatch("transform")  # what is made is not made again
    assert "17 detections" in squatwatch("score")
    assert hashes(loaded) == whole
    assert not list((loaded.home / "shards").rglob("*.parquet"))
    refused = CliRunner().invoke(app, ["score", "--date", str(DAY), "--shard", "4/3"]).exception
    assert "'4/3' is no shard" in str(refused)


def test_who_dies_while_the_date_is_put_together_has_lost_no_shard(loaded, monkeypatch):
    write, made = Lake.write, []

    def dies(lake, table, *arguments, **named):
        if table == "candidates":
            raise MemoryError("killed")
        made.append(table)
        return write(lake, table, *arguments, **named)

    pipeline.transform_shard(loaded, DAY, Shard(1, 2))
    with monkeypatch.context() as patch:
        patch.setattr(Lake, "write", dies)
        with pytest.raises(MemoryError):
            pipeline.transform_shard(loaded, DAY, Shard(2, 2))
    assert "registration_features" in made and pipeline.status(loaded, DAY).state == "unfinished"
    monkeypatch.setattr(by_shard, "build_marts", lambda *_: pytest.fail("a shard was made again"))
    assert pipeline.transform_shard(loaded, DAY, Shard(2, 2)).domain_count == 2745


def test_a_date_that_is_made_whole_leaves_no_shards(whole, tmp_path):
    """Some shards of each step were made, by a machine of its own, before the others were not wanted any more."""

    def machine(name: str, shard_names: int = 300_000) -> Settings:
        database = f"sqlite:///{tmp_path}/labels.db"
        home, scratch = f"file://{tmp_path}/share", tmp_path / name
        return read_settings(home=home, scratch=scratch, database_url=database, shard_names=shard_names)

    load(machine("a"))
    pipeline.transform_shard(machine("a"), DAY, Shard(1, 3))
    assert shard_files(machine("b")) == {"transform"}
    pipeline.transform(machine("b"), DAY)
    assert shard_files(machine("c")) == set()
    pipeline.score_shard(machine("c"), DAY, Shard(2, 5))
    assert shard_files(machine("d")) == {"score"}
    pipeline.score(machine("d"), DAY)
    assert shard_files(machine("e")) == set()
    assert hashes(machine("e")) == whole


def shard_files(settings: Settings) -> set[str]:
    """The steps of which a reader's copy has something made of shards."""
    follow(settings)
    folders = [settings.home / name for name in ("shards", "shards_done")]
    return {path.name.split(".")[0] for folder in folders for path in folder.rglob("*.parquet")}


def test_shards_of_two_brand_lists_are_not_put_together(loaded, tmp_path):
    pipeline.transform_shard(loaded, DAY, Shard(1, 2))
    (tmp_path / "brands.csv").write_text("brand,brand_domain\npaypal,paypal.com\n")
    others = read_settings(home=loaded.home, brands_file=tmp_path / "brands.csv")
    outcome = pipeline.transform_shard(others, DAY, Shard(2, 2))
    assert isinstance(outcome, ShardMade) and outcome.left == 1
    assert not Lake(loaded.home).partition("candidates", DAY).exists()


def test_a_shard_whose_names_were_loaded_anew_meanwhile_does_not_count(loaded, tmp_path, monkeypatch):
    build = by_shard.build_marts

    def slow(*arguments):
        built = build(*arguments)
        (tmp_path / "list.txt").write_text("paypal-login.com\n")
        pipeline.take_file(loaded, DAY, tmp_path / "list.txt")
        pipeline.load(loaded, DAY)
        return built

    monkeypatch.setattr(by_shard, "build_marts", slow)
    with pytest.raises(TryLater, match=r"shard 1/2 of 2026-11-07 .* run: squatwatch transform --date 2026-11-07"):
        pipeline.transform_shard(loaded, DAY, Shard(1, 2))
    assert not list((loaded.home / "shards_done").rglob("*.parquet"))


def test_a_project_that_only_dbt_can_build_is_built_whole(loaded, monkeypatch):
    from squatwatch.dbt_runner.kept import Kept

    few = read_settings(home=loaded.home, shard_names=1000)
    assert pipeline.shards(few, DAY) == shards_of(3)
    assert len(pipeline.shards(read_settings(home=loaded.home, shard_names=1), DAY)) == 1000  # and no more
    monkeypatch.setattr(Kept, "plan", lambda self: None)
    assert pipeline.shards(few, DAY) == [Shard(1, 1)]


@pytest.fixture
def bucket():
    """The URL of an empty bucket, which processes that are started from now on reach."""
    with no_credentials_of_the_machine() as patch, s3_server("shards") as address:
        patch.setenv("AIRFLOW_CONN_AWS_DEFAULT", connection(address))
        s3._client.cache_clear()
        yield "s3://shards/of/dates"
        s3._client.cache_clear()


@pytest.fixture
def share(tmp_path):
    return f"file://{tmp_path}/share"


@pytest.mark.machines
@pytest.mark.parametrize(("store", "count"), [pytest.param("share", 16, marks=pytest.mark.long), ("bucket", 5)])
def test_machines_that_have_nothing_make_the_shards_of_one_date_at_once(whole, tmp_path, request, store, count):
    """Each of four machines makes some shards and scores others, two at once; all it has is a scratch folder."""
    url = request.getfixturevalue(store)

    def machine(name: str) -> Settings:
        return read_settings(home=url, scratch=tmp_path / name, database_url=f"sqlite:///{tmp_path}/labels.db")

    machines = [machine(f"machine-{number}") for number in range(4)]
    load(machine("loader"))
    for step in (pipeline.transform_shard, pipeline.score_shard):
        random.Random(2).shuffle(machines)
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as at_once:
            work = [at_once.submit(step, machines[shard.number % 4], DAY, shard) for shard in shards_of(count)]
            outcomes = [done.result() for done in work]
        assert [outcome for outcome in outcomes if not isinstance(outcome, ShardMade)]
    reader = machine("reader")
    assert hashes(reader) == whole
    assert not list((reader.home / "shards_done").rglob("*.parquet"))
    others = [path for path in tmp_path.glob("machine-*/*/current/shards/*/*")]
    assert others == []  # what one machine made of a shard is brought to no other, but where the date is put together
