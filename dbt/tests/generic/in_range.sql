{% test in_range(model, ranges) %}
-- no value outside its column's range (least and most); all columns in one query, since a test costs more than a row
select *
from {{ model }}
where
    {% for column, (least, most) in ranges.items() -%}
    not {{ column }} between {{ least }} and {{ most }} {{ 'or' if not loop.last }}
    {% endfor %}
{% endtest %}
