-- Grain: one customer of the customers table that has something in one of its columns.
-- Tables: customers (attributes is a JSON object of texts). The table carries no date: the value of the opened version.
-- Parameters: $pointer VARCHAR, the JSON pointer of an extra column ('/Business model'), or of a column of the table's own.
-- Units: text as recorded, without spaces around it.
WITH
import_customers AS (SELECT * FROM customers),
column_texts AS (
    SELECT
        customer_id,
        trim(
            coalesce(
                json_extract_string(attributes, $pointer),
                json_extract_string(to_json(import_customers), $pointer)
            )
        ) AS text
    FROM import_customers
)
SELECT customer_id, text
FROM column_texts
WHERE text <> ''
ORDER BY customer_id
