"""Transform: a small date through a real dbt build, and what a failing one leaves behind."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from squatwatch.dbt_runner.build import dbt
from squatwatch.dbt_runner.kept import READING
from squatwatch.detect.transform import TransformCounts, rows_of_date, transform_build, transform_dates
from squatwatch.errors import SquatwatchError
from squatwatch.files.lines import lines_of
from squatwatch.files.listfile import open_list
from squatwatch.ingest.normalise import normalise
from squatwatch.lake.partitions import Lake
from squatwatch.lake.tables import REGISTRATIONS, REGISTRY
from squatwatch.sentences import sentence
from squatwatch.settings import Settings, read_settings

DAY, NEXT_DAY = date(2024, 6, 13), date(2024, 6, 14)
DAY_NAMES = [
    "amazonklr-jp.top",
    "amazon-vip.vip",
    "santander-cuenta.com",
    "paypa1-login.com",
    "xn--pypal-4ve.com",
    "amazon.co.uk",
    "amazonwatch.org",
    "steamcommunity.com",
    "account-paypal.us",
    "wikipedia.org",
    "mixmag.net",
    "alliwant.site",
    "pollo-del-mundo.com",
    "8.xyz",
    "shop.github.io",
]
NEXT_DAY_NAMES = ["netflix-billing.top", "amazonwatch.org", "amazon-vip.vip"]
BRANDS = """brand,brand_domain
amazon,amazon.com
amazon,amazon.co.uk
santander,santander.com
paypal,paypal.com
steam,steampowered.com
netflix,netflix.com
"""
ALLOWLIST = """domain,reason,expires_on
amazonwatch.org,"the rainforest's friends",2024-06-13
github.io,hosted pages,
"""


def load(settings: Settings, run_date: date, *lists: list[str]) -> None:
    """Registrations as the load step writes them, one source a list."""
    frames = [
        normalise(f"source{number}", lines_of("\n".join(names).encode())).registrations
        for number, names in enumerate(lists, 1)
    ]
    Lake(settings.home).write("registrations", run_date, pl.concat(frames))


def transform_date(settings: Settings, run_date: date) -> TransformCounts:
    return transform_dates(settings, [run_date])[run_date]


def project_to_change(settings: Settings, folder: Path) -> Path:
    """A copy of the project without its unit tests, which take as long as all models."""
    project = shutil.copytree(settings.dbt_project, folder / "dbt")
    for path in project.glob("models/*/*.yml"):
        path.write_text(path.read_text("utf-8").partition("\nunit_tests:")[0], "utf-8")
    return project


def read(settings: Settings, table: str, run_date: date = DAY) -> pl.DataFrame:
    return Lake(settings.home).read(table, run_date)


def content(settings: Settings, run_date: date) -> dict[str, bytes]:
    return {
        table: Lake(settings.home).partition(table, run_date).read_bytes()
        for table in (mart.name for mart in REGISTRY.marts())
    }


@pytest.fixture
def put_reading(made_by_dbt):
    """put_reading(settings) gives a data root what dbt keeps of a build by it, so that it need not do all again."""

    def put(settings: Settings) -> None:
        folder = transform_build(settings, [DAY]).kept.folder
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(made_by_dbt / "data/cache/dbt" / folder.name / Path(READING).name, folder)

    return put


@pytest.fixture(scope="module")
def day(tmp_path_factory) -> tuple[Settings, TransformCounts]:
    """A built date below a path that would break out of a SQL string."""
    folder = tmp_path_factory.mktemp("o'hara's data; --")
    (folder / "my brands.csv").write_text(BRANDS, "utf-8")
    (folder / "allowlist.csv").write_text(ALLOWLIST, "utf-8")
    settings = read_settings(
        home=folder / "home", brands_file=folder / "my brands.csv", allowlist_file=folder / "allowlist.csv"
    )
    load(settings, DAY, DAY_NAMES, ["amazon-vip.vip", "mixmag.net"])
    return settings, transform_date(settings, DAY)


def test_names_that_resemble_a_brand_are_candidates(day):
    found = dict(read(day[0], "candidates").select("domain", "brand").rows())
    for domain, brand in {
        "amazonklr-jp.top": "amazon",
        "amazon-vip.vip": "amazon",
        "santander-cuenta.com": "santander",
        "paypa1-login.com": "paypal",
        "xn--pypal-4ve.com": "paypal",
    }.items():
        assert found.get(domain) == brand
    assert not found.keys() & {"alliwant.site", "pollo-del-mundo.com", "mixmag.net"}


def test_candidate_says_how_much_it_resembles_the_brand(day):
    row = read(day[0], "candidates").row(by_predicate=pl.col("domain") == "xn--pypal-4ve.com", named=True)
    assert row == {
        "domain": "xn--pypal-4ve.com",
        "domain_unicode": "pаypal.com",
        "label": "pаypal",
        "public_suffix": "com",
        "tld": "com",
        "brand": "paypal",
        "skeleton": "paypal",
        "skeleton_similarity": 1.0,
        "edit_distance": 0,
        "sources": ["source1"],
        "allowlist_reason": None,
    }


EXCUSED = {
    "amazon.co.uk": ("brand", "owned by amazon"),
    "amazonwatch.org": ("analyst", "analyst: the rainforest's friends (until 2024-06-13)"),
    "shop.github.io": ("analyst", "analyst: hosted pages"),
    "steamcommunity.com": ("popular_rank", "popular: rank <= 10000 in tranco10k"),
    "wikipedia.org": ("popular_rank", "popular: rank <= 10000 in tranco10k"),
    "mixmag.net": ("popular_list", "popular: in tranco (unranked), resembles no brand"),
}


def test_names_are_set_aside_with_their_reason(day):
    rows = read(day[0], "set_aside").select("domain", "allowlist_kind", "allowlist_reason").rows()
    assert {domain: (kind, reason) for domain, kind, reason in rows} == EXCUSED


def test_excused_candidate_stays_a_candidate_with_its_reason(day):
    rows = read(day[0], "candidates").select("domain", "allowlist_reason").rows()
    reasons = {domain: reason for domain, reason in rows if reason}
    assert reasons.keys() == {"amazon.co.uk", "amazonwatch.org", "steamcommunity.com"}
    assert all(reason == EXCUSED[domain][1] for domain, reason in reasons.items())


def test_unranked_list_does_not_excuse_a_name_that_resembles_a_brand(day):
    million = pl.read_parquet(day[0].home / "popularity/tranco.parquet")["domain"]
    assert "account-paypal.us" in set(million)
    assert dict(read(day[0], "candidates").select("domain", "allowlist_reason").rows())["account-paypal.us"] is None


def test_every_name_has_one_row_of_features(day):
    features = read(day[0], "registration_features")
    assert features["domain"].to_list() == sorted(DAY_NAMES)
    assert features.row(by_predicate=pl.col("domain") == "paypa1-login.com", named=True) == {
        "domain": "paypa1-login.com",
        "level_count": 2,
        "length": 16,
        "label_length": 12,
        "vowel_ratio": pytest.approx(4 / 12),
        "digit_ratio": pytest.approx(1 / 12),
        "hyphen_count": 1,
        "hyphen_ratio": pytest.approx(1 / 12),
        "entropy": pytest.approx(3.251629),
        "longest_run": 1,
        "longest_consonant_run": 2,  # y is none of a, e, i, o, u
        "longest_digit_run": 1,
        "distinct_bigram_ratio": pytest.approx(10 / 11),
        "bigram_log2_probability": pytest.approx(-9.5, abs=0.5),
        "top_ngram_ratio": pytest.approx(2 / 21),  # lo and in
        "oov_ratio": pytest.approx(3 / 21),  # pa1, a1- and 1-l
        "tfidf_mean": pytest.approx(6.7, abs=0.5),
        "tfidf_max": pytest.approx(10.109636),
        "tld": "com",
        "is_idn": False,
        "is_idna_valid": True,
        "has_mixed_script": False,
        "skeleton": "paypal-logln",
        "nearest_brand": "paypal",
        "nearest_brand_distance": 6,
        "nearest_brand_similarity": 0.5,
        "candidate_brand_count": 1,
        "brand_similarity": 1.0,
    }


def test_features_tell_words_from_random_letters(day):
    rows = read(day[0], "registration_features").rows_by_key("domain", named=True, unique=True)
    word, random = rows["pollo-del-mundo.com"], rows["amazonklr-jp.top"]
    assert word["oov_ratio"] < random["oov_ratio"]
    assert word["tfidf_mean"] < random["tfidf_mean"]
    assert word["top_ngram_ratio"] > random["top_ngram_ratio"]
    assert rows["8.xyz"]["oov_ratio"] is rows["8.xyz"]["tfidf_mean"] is None  # one character, no n-gram


def test_candidate_s_vectors_can_be_read(day):
    top, topics = read(day[0], "top_ngrams"), read(day[0], "topics")
    assert top["ngram_rank"].to_list() == list(range(1, 51)) and topics["topic"].to_list() == list(range(1, 11))
    assert all(top["occurrence_count"][:-1] >= top["occurrence_count"][1:])
    cloud = topics.filter(pl.col("names").list.contains("cloud"))
    assert cloud["ngrams"].list.head(3).list.sort().to_list() == [["clo", "lou", "oud"]]

    rows = read(day[0], "candidate_features")
    assert rows.select("domain", "brand").equals(read(day[0], "candidates").select("domain", "brand"))
    row = rows.row(by_predicate=pl.col("domain") == "santander-cuenta.com", named=True)
    counts = dict(zip(top["ngram"], row["top_ngram_counts"], strict=True))
    assert len(row["topic_weights"]) == 10
    assert {ngram for ngram, count in counts.items() if count == 2} == {"an", "ta", "nt"} & counts.keys()
    assert counts["er"] == 1 and counts["st"] == 0


def test_similarity_to_the_brand_is_of_what_was_registered(day):
    rows = read(day[0], "candidate_features").select("domain", "brand_tfidf_similarity").rows()
    similarity = dict(rows)
    assert similarity["amazon.co.uk"] == 1.0
    assert 0.5 < similarity["amazon-vip.vip"] < 1
    assert 0 < similarity["xn--pypal-4ve.com"] < similarity["account-paypal.us"]  # Cyrillic а is another letter


def test_tfidf_is_what_scikit_learn_makes_of_it(day):
    text = pytest.importorskip("sklearn.feature_extraction.text")
    sites = pl.read_parquet(day[0].home / "popularity/tranco10k.parquet")["domain"]
    names = {name for name in sites.str.split(".").list.first() if not name.startswith("xn--")}
    vectorizer = text.TfidfVectorizer(analyzer="char", ngram_range=(2, 3)).fit(sorted(names))
    idf = dict(zip(vectorizer.get_feature_names_out(), vectorizer.idf_, strict=True))
    for ngram, weight in read(day[0], "top_ngrams").select("ngram", "idf").rows():
        assert weight == pytest.approx(idf[ngram], abs=1e-6)
    features = read(day[0], "candidate_features")
    for domain, brand in [("amazon-vip.vip", "amazon"), ("santander-cuenta.com", "santander")]:
        row = features.row(by_predicate=(pl.col("domain") == domain) & (pl.col("brand") == brand), named=True)
        label_vector, brand_vector = vectorizer.transform([domain.split(".")[0], brand])
        assert row["brand_tfidf_similarity"] == pytest.approx((label_vector @ brand_vector.T).sum(), abs=1e-5)


def test_summary_accounts_for_every_name(day):
    row = read(day[0], "feature_summary").row(0, named=True)
    assert row["domain_count"] == 15 and row["set_aside_count"] == 6
    assert row["domain_count"] == sum(
        row[name] for name in ("candidate_domain_count", "set_aside_count", "resembles_no_brand_count")
    )
    features = read(day[0], "registration_features")
    assert row["candidate_pair_count"] == features["candidate_brand_count"].sum()
    assert row["mean_oov_ratio"] == pytest.approx(features["oov_ratio"].mean(), abs=1e-6)
    assert row["idn_ratio"] == pytest.approx(1 / 15, abs=1e-6)


def test_name_of_two_sources_is_one_name(day):
    assert dict(read(day[0], "set_aside").select("domain", "sources").rows())["mixmag.net"] == ["source1", "source2"]


def test_counts_read_as_a_line(day):
    settings, counts = day
    assert counts.domain_count == 15 and counts.brand_count == 5 and counts.set_aside_count == 6
    assert counts.candidate_count == read(settings, "candidates").height
    assert sentence(counts).startswith("15 domains, 5 brands: ")


def test_nothing_is_left_of_the_build(day):
    assert list((day[0].home / "work").iterdir()) == []
    assert not (day[0].home / "cache").exists()  # the tables that never change come with the package
    assert not (day[0].dbt_project / "target").exists()


@pytest.mark.slow
def test_dates_build_side_by_side_and_again_byte_for_byte(day):
    settings, _ = day
    before = content(settings, DAY)
    load(settings, NEXT_DAY, NEXT_DAY_NAMES)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda run_date: transform_date(settings, run_date), [NEXT_DAY, DAY]))
    assert content(settings, DAY) == before
    assert read(settings, "registration_features", NEXT_DAY)["domain"].to_list() == sorted(NEXT_DAY_NAMES)
    # the entry's last day was the day before
    assert read(settings, "set_aside", NEXT_DAY).is_empty()
    assert dict(read(settings, "candidates", NEXT_DAY).select("domain", "allowlist_reason").rows()) == {
        "amazon-vip.vip": None,
        "amazonwatch.org": None,
        "netflix-billing.top": None,
    }


def test_dates_built_together_are_what_each_is_alone(day):
    settings, _ = day
    load(settings, NEXT_DAY, NEXT_DAY_NAMES)
    transform_date(settings, NEXT_DAY)
    alone = content(settings, DAY), content(settings, NEXT_DAY)
    counts = transform_dates(settings, [NEXT_DAY, DAY])
    assert (content(settings, DAY), content(settings, NEXT_DAY)) == alone
    assert counts[NEXT_DAY].domain_count == len(NEXT_DAY_NAMES)


def test_lists_of_a_date_are_written_the_same_whatever_was_built_beside_them(settings, tmp_path):
    counts = pl.concat_list([(pl.int_range(2_500) % divisor) for divisor in range(1, 51)])
    dates = {
        run_date: pl.select(pl.repeat(run_date, 2_500).alias("run_date"), counts.alias("top_ngram_counts"))
        for run_date in (NEXT_DAY, DAY)
    }
    written = []
    for output in (dates[DAY], pl.concat(dates.values())):
        output.write_parquet(tmp_path / "output.parquet")
        rows = rows_of_date(pl.read_parquet(tmp_path / "output.parquet"), DAY)
        written.append(Lake(settings.home).write("candidate_features", DAY, rows).read_bytes())
    assert written[0] == written[1]


def test_day_that_became_empty_becomes_empty(day):
    settings, _ = day
    empty_day = date(2024, 6, 15)
    Lake(settings.home).write("registrations", empty_day, pl.DataFrame(schema=REGISTRATIONS.schema))
    assert transform_date(settings, empty_day) == TransformCounts(0, 5, 0, 0, 0)
    for table in (mart.name for mart in REGISTRY.marts()):
        assert read(settings, table, empty_day).schema == read(settings, table).schema
    for table in ("registration_features", "set_aside", "candidate_features", "candidates"):
        assert read(settings, table, empty_day).is_empty()
    for table in ("top_ngrams", "topics"):  # of the reference names, which are the same on all dates
        assert read(settings, table, empty_day).equals(read(settings, table))
    assert read(settings, "feature_summary", empty_day).row(0) == (0,) * 5 + (None,) * 12


def test_failing_test_is_named_and_changes_nothing_published(day, tmp_path):
    settings, _ = day
    before = content(settings, DAY)
    project = project_to_change(settings, tmp_path)
    (project / "tests/no_name_is_short.sql").write_text(
        "select domain from {{ ref('candidates') }} where domain = 'amazon-vip.vip'"
    )
    broken = settings.model_copy(update={"dbt_project": project})
    with pytest.raises(SquatwatchError) as raised:
        transform_date(broken, DAY)
    log = settings.home / "logs/transform-2024-06-13.log"
    assert "dbt build of 2024-06-13 failed: test no_name_is_short: Got 1 result" in str(raised.value)
    assert str(log) in str(raised.value) and "run: squatwatch transform --date 2024-06-13" in str(raised.value)
    assert "no_name_is_short" in log.read_text("utf-8")
    assert content(settings, DAY) == before
    assert list((settings.home / "work").iterdir()) == []


def test_unit_tests_run_until_the_project_has_passed_them(day, tmp_path):
    settings, _ = day
    project = project_to_change(settings, tmp_path)
    tests = project / "models/staging/stg_brands.yml"
    tests.write_text(
        tests.read_text("utf-8")
        + """
unit_tests:
  - name: two_and_two_are_five
    model: stg_brands
    given:
      - input: ref('brands')
        rows: [{brand: dhl, brand_domain: dhl.com}]
    expect:
      rows: [{brand: dhl, brand_domain: dhl.de}]
"""
    )
    broken = settings.model_copy(update={"dbt_project": project})
    for _ in range(2):
        with pytest.raises(SquatwatchError, match="unit test two_and_two_are_five"):
            transform_date(broken, DAY)


@pytest.mark.slow
def test_dbt_itself_makes_the_same_files_and_says_the_same(day, put_reading):
    """`SQUATWATCH_DBT=build`, and again where what dbt left of the first time is damaged."""
    settings, counts = day
    before = content(settings, DAY)
    put_reading(settings)
    by_dbt = settings.model_copy(update={"dbt": "build"})
    assert transform_dates(by_dbt, [DAY])[DAY] == replace(counts, why_dbt="SQUATWATCH_DBT asks for it")
    assert content(settings, DAY) == before
    [reading] = settings.home.glob("cache/dbt/*/*.msgpack")
    reading.write_bytes(b"no msgpack")
    transform_dates(by_dbt, [DAY])
    assert content(settings, DAY) == before


@pytest.mark.slow
def test_a_project_that_somebody_changed_is_built_by_dbt_once(day, tmp_path, monkeypatch):
    settings, _ = day
    project = project_to_change(settings, tmp_path)
    model = project / "models/marts/candidates.sql"
    model.write_text(model.read_text() + " -- as we like it")
    ours = settings.model_copy(update={"dbt_project": project})
    assert sentence(transform_date(ours, DAY)).endswith(
        "; built by dbt itself: there was no plan yet of this project, these variables and these versions"
    )
    made = content(settings, DAY)
    monkeypatch.setattr(dbt, "invoke", None)  # is not asked again
    assert transform_date(ours, DAY).why_dbt == ""
    assert content(settings, DAY) == made


def test_project_that_does_not_compile_says_so(day, tmp_path):
    settings, _ = day
    project = project_to_change(settings, tmp_path)
    (project / "models/marts/candidates.sql").write_text("select * from {{ ref('no_such_model') }}")
    broken = settings.model_copy(update={"dbt_project": project})
    with pytest.raises(SquatwatchError, match=r"2024-06-13 failed: .*no_such_model"):
        transform_date(broken, DAY)


@pytest.mark.parametrize("name", ["tranco10k", "tranco"])
def test_damaged_popularity_list_is_named_with_the_remedy(day, name):
    path = day[0].home / "popularity" / f"{name}.parquet"
    content = path.read_bytes()
    path.unlink()  # it may be a link to that of other tests
    path.write_bytes(content[:1000])
    try:
        with pytest.raises(SquatwatchError, match=f"{name}.parquet is damaged .*; remove it: the next run makes"):
            transform_date(day[0], DAY)
    finally:
        path.write_bytes(content)


def test_date_that_was_not_loaded_names_the_command(settings):
    with pytest.raises(SquatwatchError, match=r"no registrations of 2024-06-13.*squatwatch load --date 2024-06-13"):
        transform_date(settings, DAY)


@pytest.mark.parametrize(
    ("setting", "rows", "message"),
    [
        ("brands_file", "brand,brand_domain\nco.uk,a.co.uk", r"line 2: the brand 'co.uk' is a public suffix"),
        ("allowlist_file", "domain,reason,expires_on\na.com,b,soon", r"line 2: expires_on 'soon' is not a date"),
    ],
)
def test_wrong_list_stops_before_the_build(settings, tmp_path, setting, rows, message):
    path = tmp_path / "list.csv"
    path.write_text(rows)
    load(settings, DAY, DAY_NAMES)
    with pytest.raises(SquatwatchError, match=message + r".*squatwatch transform --date 2024-06-13"):
        transform_date(settings.model_copy(update={setting: path}), DAY)
    assert {each.name for each in settings.home.iterdir()} == {"locks", "registrations"}


SURE_SQUATS = [
    "amazonklr-jp.top",
    "hsajdvj34-sajd2amazon.com",
    "ksien7amazon.com",
    "vxzcgh254-ah1amazon.com",
    "zxcu2-fyaj0amazon.com",
    "amazon-vip.vip",
    "amazontesterproduct.com",
    "santandercliente.com",
    "santandersoporte.com",
    "meinesantander.info",
    "meine-santander.digital",
    "santader-cuenta.com",
    "ch-dhl.services",
    "d-h-l.lol",
    "dhl-assistances.info",
    "post-dhl.life",
]


@pytest.mark.slow
def test_sure_squats_of_a_real_day_are_candidates(new_home, put_reading, tmp_path, shared_data):
    settings = read_settings(home=new_home(tmp_path / "data"))
    put_reading(settings)
    real_day: Path = shared_data / "registrations/newly-registered-domains-2024-06-13.zip"
    registrations = normalise("whoisds", lines_of(open_list(real_day, 1 << 28))).registrations
    Lake(settings.home).write("registrations", DAY, registrations)
    counts = transform_date(settings, DAY)
    candidates = read(settings, "candidates").filter(pl.col("allowlist_reason").is_null())
    assert set(SURE_SQUATS) <= set(candidates["domain"])
    assert counts.domain_count == 100_000 == read(settings, "registration_features").height
    # a tenth of this is what 40 brands leave to score; ten times as much would be a flood
    assert 1_000 < counts.candidate_count < 20_000
    by_plan = content(settings, DAY)
    transform_date(settings.model_copy(update={"dbt": "build"}), DAY)
    assert content(settings, DAY) == by_plan
