with domains as (
    select
        domain,
        label,
        tld,
        lower(label) as name
    from {{ ref('int_domains') }}
),

characters as (
    select
        *,
        string_split(name, '') as letters
    from domains
),

-- positions at which another character begins than the one before; the end counts as one more
boundaries as (
    select
        domain,
        list_filter(range(1, len(letters) + 1), lambda i: i = 1 or letters[i] <> letters[i - 1])
        || [len(letters) + 1] as starts
    from characters
)

select
    characters.domain,
    len(string_split(domain, '.')) as level_count,
    length(domain) as length,
    len(letters) as label_length,
    length(regexp_replace(name, '[^aeiou]', '', 'g')) / len(letters) as vowel_ratio,
    length(regexp_replace(name, '[^0-9]', '', 'g')) / len(letters) as digit_ratio,
    len(list_filter(letters, lambda c: c = '-')) as hyphen_count,
    len(list_filter(letters, lambda c: c = '-')) / len(letters) as hyphen_ratio,
    list_aggregate(letters, 'entropy') as entropy,
    list_max(list_transform(range(1, len(starts)), lambda i: starts[i + 1] - starts[i])) as longest_run,
    coalesce(list_max(list_transform(
        regexp_extract_all(name, '[bcdfghjklmnpqrstvwxyz]+'), lambda run: length(run)
    )), 0) as longest_consonant_run,
    coalesce(list_max(list_transform(regexp_extract_all(name, '[0-9]+'), lambda run: length(run))), 0)
        as longest_digit_run,
    len(list_filter(
        ['\p{Latin}', '\p{Cyrillic}', '\p{Greek}', '\p{Armenian}', '\p{Hebrew}', '\p{Arabic}', '\p{Thai}',
         '\p{Devanagari}', '\p{Georgian}', '\p{Cherokee}', '[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Hangul}]'],
        lambda script: regexp_matches(name, script)
    )) > 1 as has_mixed_script
from characters
inner join boundaries using (domain)
