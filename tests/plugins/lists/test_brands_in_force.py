"""Which brand list is in force: the one that is named, else the one that the data root remembers, else the packaged."""

import pytest

from squatwatch.errors import SquatwatchError
from squatwatch.lists.brands_in_force import brand_rows, brands_name, brands_path, remember_brands
from squatwatch.settings import read_settings


@pytest.fixture
def lists(tmp_path):
    """Three brand lists, by name."""
    paths = {name: tmp_path / f"{name}.csv" for name in ("given", "of env", "remembered")}
    for name, path in paths.items():
        path.write_text(f"brand,brand_domain\nacme{len(name)},acme{len(name)}.com\n")
    return paths


def test_the_option_comes_before_the_environment_before_the_memory_before_the_packaged_list(
    settings, lists, monkeypatch
):
    home = settings.home
    packaged = settings.dbt_project / "seeds/brands.csv"
    assert (brands_name(settings), brands_path(settings)) == ("packaged", packaged)
    assert not home.exists()  # asking leaves nothing behind
    remember_brands(home, lists["remembered"])
    assert brands_path(read_settings(home=home)) == lists["remembered"]
    monkeypatch.setenv("SQUATWATCH_BRANDS_FILE", str(lists["of env"]))
    assert brands_path(read_settings(home=home)) == lists["of env"]
    assert brands_path(read_settings(home=home, brands_file=lists["given"])) == lists["given"]
    assert brands_path(read_settings(home=home, brands_file="packaged")) == packaged


def test_a_list_is_remembered_by_its_whole_path_and_a_change_is_told_once(settings, lists, monkeypatch):
    home, path = settings.home, lists["given"]
    monkeypatch.chdir(path.parent)
    assert str(path) in remember_brands(home, read_settings(brands_file="given.csv").brands_file)
    assert remember_brands(home, path) is None
    monkeypatch.chdir("/")
    assert brands_path(settings) == path
    assert "the packaged brand list" in remember_brands(home, read_settings(brands_file="packaged").brands_file)
    assert brands_name(settings) == "packaged"


def test_a_remembered_list_that_has_gone_is_named_with_the_remedy(settings, lists):
    remember_brands(settings.home, lists["remembered"])
    lists["remembered"].unlink()
    with pytest.raises(SquatwatchError, match=r"remembered\.csv.*not there any more.*--brands packaged"):
        brands_path(settings)
    assert brands_path(settings.model_copy(update={"brands_file": lists["given"]})) == lists["given"]


@pytest.mark.parametrize("text", ["", "[]", "{}", "paypal"])
def test_a_damaged_memory_is_named_and_replaced_by_the_list_that_is_given(settings, lists, text):
    settings.home.mkdir()
    (settings.home / "brands.json").write_text(text)
    with pytest.raises(SquatwatchError, match=r"brands\.json.*cannot be read.*--brands"):
        brands_path(settings)
    remember_brands(settings.home, lists["given"])
    assert brands_path(settings) == lists["given"]


def test_the_table_has_budget_and_model_of_each_brand(settings, lists):
    text = "brand,brand_domain,alarm_budget,model\npaypal,paypal.com,,\nsantander,santander.com,2,banks\n"
    lists["given"].write_text(text)
    rows = brand_rows(settings.model_copy(update={"brands_file": lists["given"]})).rows()
    assert rows == [("paypal", "paypal.com", 3.0, None), ("santander", "santander.com", 2.0, "banks")]
