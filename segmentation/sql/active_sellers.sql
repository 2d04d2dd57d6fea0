-- Grain: one row per seller seen at work. Tables: touches, deals, customers. Unit: none.
-- Used where no table of sellers was uploaded: contact makers and deal owners in ($from_on, $as_of], else
-- the owners of customers. Sellers named as having left are not counted.
WITH
touches AS (SELECT rep, "at" FROM touches WHERE rep IS NOT NULL),
deals AS (SELECT rep, opened_on, closed_on FROM deals WHERE rep IS NOT NULL),
customers AS (SELECT owner FROM customers WHERE owner IS NOT NULL),
contact_makers AS (
    SELECT DISTINCT rep FROM touches WHERE CAST("at" AS DATE) > $from_on AND CAST("at" AS DATE) <= $as_of
),
deal_owners AS (
    SELECT DISTINCT rep FROM deals
    WHERE (opened_on > $from_on AND opened_on <= $as_of) OR (closed_on > $from_on AND closed_on <= $as_of)
),
customer_owners AS (SELECT DISTINCT owner AS rep FROM customers),
sellers AS (
    SELECT rep FROM contact_makers UNION SELECT rep FROM deal_owners UNION SELECT rep FROM customer_owners
)
SELECT rep FROM sellers
WHERE rep NOT LIKE '%离职%' AND lower(rep) NOT LIKE '%(inactive)%'
ORDER BY rep
