-- Grain: one customer of the customers table that has a readable number in one of its extra columns.
-- Tables: customers (attributes is a JSON object of texts). The table carries no date: the value of the opened version.
-- Parameters: $pointer VARCHAR, the JSON pointer of the extra column ('/Annual output').
-- Units: value as recorded.
WITH
import_customers AS (SELECT * FROM customers),
attribute_texts AS (
    SELECT customer_id, json_extract_string(attributes, $pointer) AS text
    FROM import_customers
)
SELECT customer_id, try_cast(text AS DOUBLE) AS value
FROM attribute_texts
WHERE regexp_matches(text, '^[-+0-9.eE]+$')
ORDER BY customer_id
