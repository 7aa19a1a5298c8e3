with names as (
    select * from {{ ref('int_names') }}
),

labels as (
    select
        domain,
        lower(label) as label,
        string_split(lower(label), '') as letters,
        is_idn
    from names
),

-- positions at which a run of one character begins; one past the end closes the last run
runs as (
    select
        *,
        list_filter(range(1, len(letters) + 1), lambda i: i = 1 or letters[i] <> letters[i - 1])
        || [len(letters) + 1] as starts
    from labels
)

select
    domain,
    len(string_split(domain, '.')) as level_count,
    length(domain) as length,
    len(letters) as label_length,
    length(regexp_replace(label, '[^aeiou]+', '', 'g')) / len(letters) as vowel_ratio,
    length(regexp_replace(label, '[^0-9]+', '', 'g')) / len(letters) as digit_ratio,
    length(label) - length(replace(label, '-', '')) as hyphen_count,
    hyphen_count / len(letters) as hyphen_ratio,
    round(list_aggregate(letters, 'entropy'), 6) as entropy,
    list_max(list_transform(range(1, len(starts)), lambda i: starts[i + 1] - starts[i])) as longest_run,
    coalesce(list_max(list_transform(
        regexp_extract_all(label, '[bcdfghjklmnpqrstvwxyz]+'), lambda run: length(run)
    )), 0) as longest_consonant_run,
    coalesce(list_max(list_transform(regexp_extract_all(label, '[0-9]+'), lambda run: length(run))), 0)
        as longest_digit_run,
    case
        when is_idn
            then len(list_filter(
                -- Chinese, Japanese and Korean count as one, because every honest text mixes their characters
                [
                    '\p{Latin}', '\p{Cyrillic}', '\p{Greek}', '\p{Armenian}', '\p{Georgian}', '\p{Cherokee}',
                    '\p{Hebrew}', '\p{Arabic}', '\p{Devanagari}', '\p{Thai}',
                    '[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Hangul}]'
                ],
                lambda script: regexp_matches(label, script)
            )) > 1
        else false
    end as has_mixed_script
from runs
