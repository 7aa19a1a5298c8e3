{% test one_row_per(model, columns) %}
-- the grain: no two rows agree in all of these columns
select {{ columns | join(', ') }}
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
