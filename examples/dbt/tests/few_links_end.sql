-- Stops what comes after it where more than a tenth of the links that were open end on the same day.
select valid_to, count(*) as ended
from {{ ref('link_periods') }}
where valid_to is not null
group by valid_to
having count(*) > 10
   and count(*) > 0.1 * (
       select count(*) from {{ ref('link_periods') }} as before
       where before.valid_from < valid_to and (before.valid_to is null or before.valid_to >= valid_to)
   )
