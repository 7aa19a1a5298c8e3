with reference_names as (
    select * from {{ source('lake', 'reference_names') }}
)

-- A name counts once, of however many countries: google stands for some 150 sites. The first label stands for the
-- name; of the few names below a two-part suffix this is right as well.
select distinct split_part(domain, '.', 1) as label
from reference_names
where label not like 'xn--%' -- labels of registrations are decoded
