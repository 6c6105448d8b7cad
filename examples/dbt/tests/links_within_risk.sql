-- Stops what comes after it where more links are expected to be false than was asked for.
select avg(1 - group_probability) as expected_false
from {{ ref('social_links') }}
where decision = 'link'
having avg(1 - group_probability) > 0.02
