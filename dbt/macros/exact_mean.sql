{% macro exact_mean(column) -%}
{#- The mean of decimals: that of floating-point numbers depends on the order in which the rows come. -#}
    round(avg(cast({{ column }} as decimal(18, 9))), 6)
{%- endmacro %}
