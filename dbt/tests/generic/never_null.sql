{% test never_null(model, columns) %}
-- all columns in one query, since a test costs more than a look at a column
select {{ columns | join(', ') }}
from {{ model }}
where {{ columns | join(' is null or ') }} is null
{% endtest %}
