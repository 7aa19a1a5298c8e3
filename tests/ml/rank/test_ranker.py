"""What the shipped ranker makes of names: the brand, the day's other names, and what was judged before."""

from __future__ import annotations

import numpy as np
import pytest

from squatwatch_ml.network.score import Scorer
from squatwatch_ml.rank.evidence import GROUPS
from squatwatch_ml.rank.ranked import JudgedPairs, ScoredPairs
from squatwatch_ml.rank.ranker import Ranker
from squatwatch_ml.rank.ranker_file import SHIPPED
from squatwatch_ml.training.fit_ranker import SHIPPED_NETWORK

KINDS_OF_EVIDENCE = {"brand", "wave", "memory"}


@pytest.fixture(scope="module")
def ranker():
    return Ranker.load(SHIPPED)


@pytest.fixture(scope="module")
def scored():
    network = Scorer.load(SHIPPED_NETWORK, device="cpu")

    def score(*pairs: str) -> ScoredPairs:
        domains, brands = zip(*(pair.split() for pair in pairs), strict=True)
        labels = [domain.split(".")[0] for domain in domains]
        return ScoredPairs(domains, labels, brands, network.score(labels, brands).astype(np.float64))

    return score


def judged(brand: str, is_squat: bool, *labels: str) -> JudgedPairs:
    return JudgedPairs([f"{label}.com" for label in labels], labels, [brand] * len(labels), [is_squat] * len(labels))


def test_the_three_probabilities_are_one_together(ranker, scored):
    ranking = ranker.rank(scored("paypal-login.com paypal", "delta-plumbing.com delta", "paypalrepairshop.com paypal"))
    assert (ranking.squat + ranking.use + ranking.other).tolist() == pytest.approx([1, 1, 1], abs=2e-5)
    assert set(ranking.components) == KINDS_OF_EVIDENCE


@pytest.mark.parametrize(
    ("likelier", "less_likely", "why"),
    [
        ("paypal-login.com paypal", "united-methodist.org united", "a word that many names contain says less"),
        ("united-login.com united", "united-methodist.org united", "what stands beside it is a lure"),
        ("paypal-login.com paypal", "paypalrepairshop.com paypal", "who repairs for a brand's customers means it"),
    ],
)  # fmt: skip
def test_names_that_score_alike_are_told_apart(ranker, scored, likelier, less_likely, why):
    squat = ranker.rank(scored(likelier, less_likely)).squat
    assert squat[0] > squat[1], why


def test_words_of_the_brand_s_own_business_make_a_squat_likelier(ranker, scored):
    pairs = scored("zephyrline-flights.com zephyrline", "zephyrline-plumbing.com zephyrline")
    of_an_airline = ranker.rank(pairs, abouts={"zephyrline": "flights, airline, tickets"}).squat
    of_a_plumber = ranker.rank(pairs, abouts={"zephyrline": "plumbing, heating, drains"}).squat
    assert of_an_airline[0] > of_a_plumber[0] and of_an_airline[1] < of_a_plumber[1]


@pytest.mark.parametrize("about", ["", "?!", "\x00\ud83d", "日本", "a" * 10**6, "-1+1", "`"])
def test_a_text_about_a_brand_that_says_nothing_counts_as_none(ranker, scored, about):
    pairs = scored("zephyrline-flights.com zephyrline")
    assert ranker.rank(pairs, abouts={"zephyrline": about}).squat == ranker.rank(pairs).squat


def test_a_text_of_which_only_the_meaning_is_known_counts(ranker, scored):
    pairs = scored("zephyrline-assistant.com zephyrline")
    assert ranker.rank(pairs, abouts={"zephyrline": "chatgpt"}).squat != ranker.rank(pairs).squat


def test_a_text_about_a_well_known_brand_without_a_known_word_counts_as_none(ranker, scored):
    pairs = scored("delta-flights.com delta")
    assert ranker.rank(pairs, abouts={"delta": "Fluggesellschaftzollabfertigung"}).squat == ranker.rank(pairs).squat
    assert ranker.rank(pairs, abouts={"delta": "plumbing taps"}).squat < ranker.rank(pairs).squat


def test_a_hostile_text_about_a_brand_is_read_for_its_words_and_shown_nowhere(ranker, scored):
    pairs = scored("zephyrline-flights.com zephyrline")
    ranking = ranker.rank(pairs, abouts={"zephyrline": "<script>alert(1)</script> =cmd|' /C calc'!A0"})
    assert np.isfinite(ranking.squat).all() and ranking.notes == [""]


def test_names_that_mean_the_brand_come_before_others(ranker, scored):
    names = ("toyotaofdallas.com toyota", "orangefruitfarm.com orange", "paypal-login.com paypal")
    ranking = ranker.rank(scored(*names))
    assert ranking.priority.tolist() == pytest.approx((ranking.squat + ranking.use / 4).tolist(), abs=1e-5)
    assert ranking.priority.argsort().tolist() == [1, 0, 2]
    assert ranking.taken_for == ["use", "other", "squat"]


@pytest.mark.parametrize(
    ("chances", "taken_for"),
    [
        ((0.21, 0.0, 0.79), "squat"),  # something else is not yet four times as probable
        ((0.19, 0.0, 0.81), "other"),
        ((0.4, 0.6, 0.0), "squat"),  # nor a use one and a half times
        ((0.3, 0.5, 0.2), "use"),
        ((0.05, 0.4, 0.55), "other"),  # both hold: what is likelier
        ((0.05, 0.55, 0.4), "use"),
    ],
)
def test_a_name_is_folded_where_another_kind_is_so_many_times_as_probable(
    ranker, scored, monkeypatch, chances, taken_for
):
    monkeypatch.setattr(ranker, "_chances", lambda evidence: np.array([[chances]] * (1 + len(GROUPS))))
    assert ranker.rank(scored("paypal-account.com paypal")).taken_for == [taken_for]


@pytest.mark.parametrize(
    ("others", "taken_for"), [(1, ["squat"] * 4), (2, ["squat"] * 4), (3, [*["other"] * 3, "squat"])]
)
def test_a_wave_is_folded_only_where_most_of_its_names_are(ranker, scored, monkeypatch, others, taken_for):
    chances = np.array([[0.1, 0.0, 0.9]] * others + [[0.6, 0.1, 0.3]] * (4 - others))
    monkeypatch.setattr(ranker, "_chances", lambda evidence: np.stack([chances] * (1 + len(GROUPS))))
    wave = scored(*(f"paypal-account{number}.com paypal" for number in range(4)))
    assert ranker.rank(wave).taken_for == taken_for


def test_names_like_those_judged_harmless_fall_and_say_so(ranker, scored):
    pairs = scored("orange-county-homes.com orange", "orange-facture.com orange")
    seen = judged(
        "orange", False, *(f"orange-county-{what}" for what in ("roofing", "house", "home", "hemes", "condos"))
    )
    before, after = ranker.rank(pairs), ranker.rank(pairs, seen)
    assert after.squat[0] < before.squat[0] and after.components["memory"][0] < 0
    assert after.notes[0].startswith("like ") and "judged no squat" in after.notes[0]
    assert "`orange-county-" in after.notes[0]


def test_names_like_judged_squats_rise(ranker, scored):
    pairs = scored("unitedx-track.com united")
    seen = judged("united", True, "united-track", "unitedx-trace", "unitedy-track")
    before, after = ranker.rank(pairs), ranker.rank(pairs, seen)
    assert after.squat[0] > before.squat[0] and after.components["memory"][0] > 0
    assert "judged squats" in after.notes[0]


def test_ten_wrong_verdicts_silence_no_brand(ranker, scored):
    """Ten clear squats of a brand called harmless, alike or not: the next clear squat is still most likely one."""
    pairs = scored("paypal-login.com paypal", "paypa1-secure.com paypal")
    alike = judged("paypal", False, *(f"paypal-login{number}" for number in range(10)))
    of_all_kinds = judged(
        "paypal", False, *(f"paypal-{lure}" for lure in "secure help signin verify id pay app my kyc tan".split())
    )
    for wrong in (alike, of_all_kinds):
        assert (ranker.rank(pairs, wrong).squat > 0.7).all()


def test_a_brand_without_verdicts_loses_nothing(ranker, scored):
    pairs = scored("santander-cliente.com santander", "paypal-login.com paypal")
    alone, with_others = ranker.rank(pairs), ranker.rank(pairs, judged("dhl", False, "dhl-reisen", "dhlmann", "addhl"))
    assert with_others.squat.tolist() == alone.squat.tolist()
    assert with_others.components["memory"].tolist() == [0, 0]


@pytest.mark.parametrize("is_squat", [True, False])
def test_verdicts_of_one_kind_alone_move_all_names_of_the_brand_one_way(ranker, scored, is_squat):
    pairs = scored("delta-plumbing.com delta", "delta-login.com delta", "united-login.com united")
    seen = judged("delta", is_squat, *(f"delta-{word}" for word in "air gas oil tax law art bar gym spa pet".split()))
    before, after = ranker.rank(pairs).squat, ranker.rank(pairs, seen).squat
    assert ((after > before) == [is_squat, is_squat, False]).all() and after[2] == before[2]
    assert after[1] > 0.5, "a clear squat stays one"


def test_verdicts_that_contradict_each_other_move_little(ranker, scored):
    pairs = scored("paypal-login.com paypal")
    both = [judged("paypal", is_squat, *(f"paypal-login{n}" for n in range(20))) for is_squat in (True, False)]
    seen = JudgedPairs(*(list(one) + list(other) for one, other in zip(*both, strict=True)))
    only = ranker.rank(pairs, both[0])
    assert abs(ranker.rank(pairs, seen).components["memory"][0]) < only.components["memory"][0]


def test_a_wave_is_told_as_one_and_lifts_its_members(ranker, scored):
    wave = [f"whatsapp-4g{letter}.xyz whatsapp" for letter in "abcdefgh"]
    alone, together = ranker.rank(scored(wave[0])), ranker.rank(scored(*wave, "whatsappgruppe-tanzen.de whatsapp"))
    assert len(set(together.wave_ids[:8])) == 1 and together.wave_ids[8] is None
    assert together.wave_sizes == [8] * 8 + [1]
    assert "one of 8 names alike on this day" in together.notes[0] and together.notes[8] == ""
    assert alone.wave_ids == [None] and alone.notes == [""]
    assert together.squat[0] > alone.squat[0] and together.components["wave"][0] > alone.components["wave"][0]


def test_names_of_a_wave_are_lifted_with_the_reason_and_nothing_else_of_their_ranking_changes(ranker, scored):
    pairs = scored(*(f"whatsapp-4g{letter}.xyz whatsapp" for letter in "abcdefgh"), "whatsapp-ads.com whatsapp")
    flagged = [*[True] * 5, *[False] * 4]
    as_before, ranking = ranker.rank(pairs), ranker.rank(pairs._replace(flagged=flagged, excused=[False] * 9))
    assert ranking.is_lifted == [False] * 5 + [True] * 3 + [False] and not any(as_before.is_lifted)
    assert ranking.notes[5] == "lifted: 5 of 8 names alike on this day are flagged"
    assert ranking.notes[0] == "one of 8 names alike on this day" and ranking.notes[8] == ""
    assert ranking.squat.tolist() == as_before.squat.tolist() and ranking.taken_for == as_before.taken_for
    like = judged("whatsapp", False, *(f"whatsapp-4g{letter}" for letter in "mnopqrst"))
    with_memory = ranker.rank(pairs._replace(flagged=flagged, excused=[False] * 9), like)
    assert with_memory.notes[5].startswith("like 8 names judged no squats: ")
    assert with_memory.notes[5].endswith("; lifted: 5 of 8 names alike on this day are flagged")


@pytest.mark.parametrize(("others", "is_lifted"), [(2, True), (3, False)])
def test_a_name_that_means_something_else_as_most_of_its_wave_do_is_not_lifted(
    ranker, scored, monkeypatch, others, is_lifted
):
    wave = scored(*(f"{name}.site telegram" for name in ("ttelegramm", "telegramon", "telegramsup", "telegramium")))
    chances = np.array([[0.1, 0.0, 0.9]] * others + [[0.6, 0.1, 0.3]] * (4 - others))
    monkeypatch.setattr(ranker, "_chances", lambda evidence: np.stack([chances] * (1 + len(GROUPS))))
    ranking = ranker.rank(wave._replace(flagged=[False, True, True, True], excused=[False] * 4))
    assert ranking.wave_sizes == [4] * 4 and ranking.is_lifted == [is_lifted, False, False, False]


def test_the_order_of_names_changes_nothing(ranker, scored):
    names = [
        "paypal-login.com paypal",
        "united-methodist.org united",
        "whatsapp-4ga.xyz whatsapp",
        "whatsapp-4gb.xyz whatsapp",
    ]
    forwards, backwards = ranker.rank(scored(*names)), ranker.rank(scored(*names[::-1]))
    assert forwards.squat.tolist() == backwards.squat[::-1].tolist()
    assert forwards.wave_ids == backwards.wave_ids[::-1]


def test_hostile_and_strange_names_are_ranked_like_others(ranker):
    names = ["раураl", "a" * 63, "xn--", "-", "<script>", "paypal" * 10, "日本", "1"]
    pairs = ScoredPairs([f"{name}.com" for name in names], names, ["paypal"] * len(names), np.full(len(names), 0.5))
    ranking = ranker.rank(
        pairs, JudgedPairs([f"{name}.com" for name in names], names, ["paypal"] * len(names), [False] * len(names))
    )
    assert np.isfinite(ranking.squat).all() and "<script>" not in "".join(ranking.notes).replace("`<script>`", "")


def test_a_date_without_names_has_an_empty_ranking(ranker):
    ranking = ranker.rank(ScoredPairs([], [], [], np.zeros(0)))
    assert len(ranking.squat) == len(ranking.notes) == len(ranking.wave_ids) == 0


def test_fields_of_different_length_are_refused(ranker):
    with pytest.raises(ValueError, match="differ in length"):
        ranker.rank(ScoredPairs(["a.com"], ["a"], ["a", "b"], np.zeros(1)))
