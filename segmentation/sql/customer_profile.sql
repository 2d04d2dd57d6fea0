-- Grain: one customer of the customers table: who it is and what it wants, as somebody wrote it down.
-- Tables: customers. The table carries no date: the values of the opened version, whatever $as_of.
-- Parameters: $as_of DATE.
-- Units: budget and credit_limit currency, nps −100 to 100, complaints in pieces, own_size as recorded (never purchases),
-- founded_days days from founding to $as_of; every column is null where nothing is recorded.
WITH
import_customers AS (SELECT * FROM customers)
SELECT
    customer_id,
    need,
    intent,
    growth,
    decision_level,
    channel,
    CAST(budget AS DOUBLE) AS budget,
    CAST(nps AS DOUBLE) AS nps,
    CAST(complaints AS DOUBLE) AS complaints,
    CAST(credit_limit AS DOUBLE) AS credit_limit,
    CAST(size AS DOUBLE) AS own_size,
    CAST(CASE WHEN founded_on <= $as_of THEN $as_of - founded_on END AS DOUBLE) AS founded_days
FROM import_customers
WHERE customer_id IS NOT NULL
ORDER BY customer_id
