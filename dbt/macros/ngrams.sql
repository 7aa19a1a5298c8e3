{#- n-grams: two or three neighbouring characters of a label. Its beginning and its end count as no character. -#}

{% macro ngram_counts(labels, key) -%}
{#- How often each n-gram stands in `label`: key, ngram, ngram_count, for the rows of the relation `labels`. -#}
    select
        {{ key }},
        substr(label, start, size) as ngram,
        count(*)::smallint as ngram_count
    from (select {{ key }}, label, unnest(range(1, length(label))) as start from {{ labels }})
    cross join (values (2), (3)) as sizes (size)
    where start + size <= length(label) + 1
    group by all
{%- endmacro %}

{% macro weighed_ngrams(labels, key) -%}
{#- The same, with what the reference names say of the n-gram; ngram_rank is null where none of them has it. -#}
    select
        counted.{{ key }},
        counted.ngram,
        counted.ngram_count,
        known.ngram_rank,
        coalesce(known.idf, unseen.idf) as idf,
        coalesce(known.log2_probability, unseen.log2_probability) as log2_probability
    from ({{ ngram_counts(labels, key) }}) as counted
    cross join ({{ unseen_ngram() }}) as unseen
    left join {{ ref('int_reference_ngrams') }} as known using (ngram)
{%- endmacro %}

{% macro unseen_ngram() -%}
{#- What an n-gram weighs that no reference name has, the probability being of a pair: idf, log2_probability. -#}
    select
        {{ smooth_idf('0', 'count(*)') }} as idf,
        {{ bigram_log2_probability('0', 'sum(length(label) - 1)') }} as log2_probability
    from {{ ref('stg_reference_names') }}
{%- endmacro %}

{% macro tfidf_vectors(labels) -%}
{#- The labels as vectors of TF-IDF weights, scaled to length 1: label, ngram, ngram_count, weight. -#}
    select
        label,
        ngram,
        ngram_count,
        ngram_count * idf / sqrt(sum(ngram_count * idf * ngram_count * idf) over (partition by label)) as weight
    from ({{ weighed_ngrams(labels, 'label') }})
{%- endmacro %}

{% macro smooth_idf(name_count, all_count) -%}
{#- Inverse document frequency (Sparck Jones 1972), smoothed as scikit-learn does it: one more name is thought to have
every n-gram, so one that no name has gets a weight too. A decimal, because sums of decimals are exact in any order. -#}
    cast(ln((1 + {{ all_count }}) / (1 + {{ name_count }})) + 1 as decimal(9, 6))
{%- endmacro %}

{% macro bigram_log2_probability(pair_count, all_count) -%}
{#- One is added to the count of each of the 37 x 37 pairs there are. -#}
    cast(log2(({{ pair_count }} + 1) / ({{ all_count }} + 37 * 37)) as decimal(9, 6))
{%- endmacro %}
