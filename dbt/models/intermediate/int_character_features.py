import polars as pl

from squatwatch_ml.text.characters import count_characters

# Chinese, Japanese and Korean count as one, because every honest text mixes their characters
SCRIPTS = "Latin Cyrillic Greek Armenian Georgian Cherokee Hebrew Arabic Devanagari Thai".split()
TOGETHER = "Han Hiragana Katakana Bopomofo Hangul".split()
PATTERNS = [r"\p{" + name + "}" for name in SCRIPTS] + ["[" + "".join(r"\p{" + name + "}" for name in TOGETHER) + "]"]


def model(dbt, session):
    """Return counts, shares and runs of the characters of labels, by squatwatch_ml.text.characters.

    Scripts are counted by DuckDB, whose regular expressions know them.
    """
    script_count = " + ".join(f"regexp_matches(label, '{pattern}')::integer" for pattern in PATTERNS)
    has_mixed_script = f"case when is_idn then {script_count} > 1 else false end as has_mixed_script"
    names = dbt.ref("int_names").select(f"domain, lower(label) as label, {has_mixed_script}").pl()
    counted = pl.DataFrame(count_characters(names["label"].to_list())._asdict())
    return names.hstack(counted).select(
        "domain",
        level_count=pl.col("domain").str.count_matches(".", literal=True).cast(pl.Int64) + 1,
        length=pl.col("domain").str.len_chars().cast(pl.Int64),
        label_length=pl.col("length"),
        vowel_ratio=pl.col("vowel_count") / pl.col("length"),
        digit_ratio=pl.col("digit_count") / pl.col("length"),
        hyphen_count=pl.col("hyphen_count"),
        hyphen_ratio=pl.col("hyphen_count") / pl.col("length"),
        entropy=pl.col("entropy").round(6),
        longest_run=pl.col("longest_run"),
        longest_consonant_run=pl.col("longest_consonant_run"),
        longest_digit_run=pl.col("longest_digit_run"),
        has_mixed_script=pl.col("has_mixed_script"),
    )
