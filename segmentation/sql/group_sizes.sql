-- Grain: one column of the customers table by which lines may be drawn apart, and how many of its groups are large.
-- Tables: customers. The table carries no date: the values of the opened version.
-- Parameters: $least INTEGER, customers of a large group.
-- Units: group_count groups.
WITH
import_customers AS (SELECT region, industry, owner FROM customers),
sized AS (
    SELECT 'region' AS name, region AS value, count(*) AS customer_count FROM import_customers GROUP BY region
    UNION ALL
    SELECT 'industry', industry, count(*) FROM import_customers GROUP BY industry
    UNION ALL
    SELECT 'owner', owner, count(*) FROM import_customers GROUP BY owner
)
SELECT name, count(*) AS group_count
FROM sized
WHERE value IS NOT NULL AND customer_count >= $least
GROUP BY name
ORDER BY name
