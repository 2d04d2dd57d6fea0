-- Grain: one extra column of the customers table, in the order of the file.
-- Tables: customers (attributes is a JSON object of texts). The table carries no date: the value of the opened version.
-- Parameters: none.
-- Units: filled_count customers with a value; number_count of these readable as a number; value_count distinct numbers;
-- place, the first position (from 1) at which a customer has it.
WITH
import_customers AS (SELECT * FROM customers),
named AS (
    SELECT
        attributes,
        unnest(json_keys(attributes)) AS name,
        unnest(range(1, len(json_keys(attributes)) + 1)) AS place
    FROM import_customers
    WHERE attributes IS NOT NULL
),
told AS (
    SELECT name, place, json_extract_string(attributes, '/' || replace(replace(name, '~', '~0'), '/', '~1')) AS text
    FROM named
),
valued AS (
    SELECT name, place, CASE WHEN regexp_matches(text, '^[-+0-9.eE]+$') THEN try_cast(text AS DOUBLE) END AS number
    FROM told
)
SELECT
    name,
    count(*) AS filled_count,
    count(number) AS number_count,
    count(DISTINCT number) AS value_count,
    min(place) AS place
FROM valued
GROUP BY name
ORDER BY place, name
