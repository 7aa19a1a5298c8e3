{#- A relation without the name of its database file, so that the warehouse may be copied, renamed or attached. -#}
{% macro local(relation) %}{% do return(relation.include(database=false)) %}{% endmacro %}
