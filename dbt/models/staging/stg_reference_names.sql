-- the first label stands for the name; of the few names below a two-part suffix this is right as well
select split_part(domain, '.', 1) as label
from {{ source('lake', 'reference_names') }}
