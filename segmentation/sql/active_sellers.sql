-- Grain: one seller seen at work, in byte order of the name, where no table of sellers was uploaded: who made contact or
-- had a deal opened or closed in ($from_on, $as_of], and who owns a customer (as recorded). Not those marked as having left.
-- Tables: touches, deals, customers.
-- Parameters: $from_on DATE, the day before the period's first; $as_of DATE.
-- Units: none.
WITH
import_touches AS (SELECT * FROM touches),
import_deals AS (SELECT * FROM deals),
import_customers AS (SELECT * FROM customers),
sellers AS (
    SELECT rep FROM import_touches WHERE CAST("at" AS DATE) > $from_on AND CAST("at" AS DATE) <= $as_of
    UNION
    SELECT rep FROM import_deals
    WHERE (opened_on > $from_on AND opened_on <= $as_of) OR (closed_on > $from_on AND closed_on <= $as_of)
    UNION
    SELECT owner AS rep FROM import_customers
)
SELECT rep
FROM sellers
WHERE rep NOT LIKE '%离职%' AND lower(rep) NOT LIKE '%(inactive)%'
ORDER BY rep
