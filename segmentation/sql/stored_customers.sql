-- Grain: one customer of this version.
-- Tables: customers.
-- Parameters: none.
-- Units: none.
WITH
import_customers AS (SELECT * FROM customers)
SELECT customer_id, name
FROM import_customers
ORDER BY customer_id
